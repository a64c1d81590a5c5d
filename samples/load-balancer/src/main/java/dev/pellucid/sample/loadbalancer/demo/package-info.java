/** The demonstration: a client and three servers that the load balancer deceives. */
@NullMarked
package dev.pellucid.sample.loadbalancer.demo;

import org.jspecify.annotations.NullMarked;
