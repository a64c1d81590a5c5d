/** The balancer {@code round-robin}: upstreams take turns, as often as their weights say. */
@NullMarked
package dev.pellucid.plugin.roundrobin;

import org.jspecify.annotations.NullMarked;
