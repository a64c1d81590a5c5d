package dev.pellucid.api.balance;

import dev.pellucid.api.Connection;
import dev.pellucid.api.plugin.Settings;

/**
 * Tells clients apart by a hash of their address, without the port, for balancers that send a
 * client to the same upstream each time. Immutable.
 */
public final class ClientHash {
  /** The setting that {@link #of(Settings)} reads. */
  public static final String IPV6_PREFIX = "ipv6-prefix";

  private final int ipv6Prefix;

  /**
   * A hash of clients.
   *
   * @param ipv6Prefix how many leading bits of an IPv6 address count, from 1 to 128; an IPv4
   *     address counts whole
   * @throws IllegalArgumentException if it is another number
   */
  public ClientHash(int ipv6Prefix) {
    if (ipv6Prefix < 1 || ipv6Prefix > 128) {
      throw new IllegalArgumentException("the prefix must have 1 to 128 bits, not " + ipv6Prefix);
    }
    this.ipv6Prefix = ipv6Prefix;
  }

  /** As the setting {@code ipv6-prefix} says; if it is not set, all bits count. */
  public static ClientHash of(Settings settings) {
    return new ClientHash(settings.whole(IPV6_PREFIX, 1, 128, 128));
  }

  /** The hash of a connection's client: the same for all connections of one client. */
  public long of(Connection connection) {
    return AddressHash.of(connection.client().getAddress(), ipv6Prefix);
  }
}
