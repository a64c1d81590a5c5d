/** The discovery {@code dns}: the DNS is asked for the upstreams, again and again. */
@NullMarked
package dev.pellucid.plugin.dnsdiscovery;

import org.jspecify.annotations.NullMarked;
