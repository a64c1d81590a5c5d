/** The transparent load balancer that people run. */
@NullMarked
package dev.pellucid.sample.loadbalancer;

import org.jspecify.annotations.NullMarked;
