/** The discovery {@code static}: the configuration lists the upstreams. */
@NullMarked
package dev.pellucid.plugin.staticdiscovery;

import org.jspecify.annotations.NullMarked;
