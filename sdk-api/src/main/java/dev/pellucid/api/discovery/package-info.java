/** Plugins that find the upstreams of a pool. */
@NullMarked
package dev.pellucid.api.discovery;

import org.jspecify.annotations.NullMarked;
