package dev.pellucid.api.filter;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Connection;
import dev.pellucid.api.plugin.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Set;

/**
 * What one client is to a filter that counts by client: all addresses that begin with the same
 * bits. A single address would not do: with IPv6, whoever has one has a whole network of them.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>ipv4-prefix</td><td>how many bits of an IPv4 address, 1 to 32; default 32, each
 * address</td></tr>
 * <tr><td>ipv6-prefix</td><td>how many bits of an IPv6 address, 1 to 128; default 64, what one
 * network hands out to one customer at least</td></tr>
 * </table>
 *
 * @param ipv4Prefix how many bits of an IPv4 address count
 * @param ipv6Prefix how many bits of an IPv6 address count
 */
public record ClientNetworks(int ipv4Prefix, int ipv6Prefix) {
  private static final String IPV4_PREFIX = "ipv4-prefix";
  private static final String IPV6_PREFIX = "ipv6-prefix";

  /** The keys of its settings, for those of the filter. */
  public static final Set<String> KEYS = Set.of(IPV4_PREFIX, IPV6_PREFIX);

  /** Reads its settings from among the filter's. */
  public static ClientNetworks read(Settings settings) {
    return new ClientNetworks(
        settings.whole(IPV4_PREFIX, 1, 32, 32), settings.whole(IPV6_PREFIX, 1, 128, 64));
  }

  /** The client that a connection is from. */
  public Cidr of(Connection connection) {
    InetAddress client = connection.client().getAddress();
    return Cidr.of(client, client instanceof Inet4Address ? ipv4Prefix : ipv6Prefix);
  }
}
