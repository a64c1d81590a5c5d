/**
 * The balancer {@code least-connections}: the upstream with the fewest connections for its weight.
 */
@NullMarked
package dev.pellucid.plugin.leastconnections;

import org.jspecify.annotations.NullMarked;
