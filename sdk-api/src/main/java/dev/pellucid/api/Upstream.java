package dev.pellucid.api;

import java.net.InetSocketAddress;

/**
 * A server that connections can be routed to.
 *
 * @param address where it listens; always resolved
 * @param weight its share of the connections, relative to the other upstreams of its pool; at least
 *     1
 */
public record Upstream(InetSocketAddress address, int weight) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the address is unresolved or the weight is below 1
   */
  public Upstream {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("upstream address is not resolved: " + address);
    }
    if (weight < 1) {
      throw new IllegalArgumentException("upstream weight must be at least 1, but is " + weight);
    }
  }

  /** An upstream of weight 1. */
  public static Upstream of(InetSocketAddress address) {
    return new Upstream(address, 1);
  }
}
