package dev.pellucid.plugin.limit;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Connection;
import dev.pellucid.api.plugin.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Set;

/**
 * Whose connections are counted together: those from addresses that begin with the same bits.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>ipv4-prefix</td><td>how many bits of an IPv4 address, 1 to 32; default 32, each
 * address</td></tr>
 * <tr><td>ipv6-prefix</td><td>how many bits of an IPv6 address, 1 to 128; default 64, what one
 * network hands out to one customer at least</td></tr>
 * </table>
 */
record ClientNetworks(int ipv4Prefix, int ipv6Prefix) {
  private static final String IPV4_PREFIX = "ipv4-prefix";
  private static final String IPV6_PREFIX = "ipv6-prefix";

  static final Set<String> KEYS = Set.of(IPV4_PREFIX, IPV6_PREFIX);

  static ClientNetworks read(Settings settings) {
    return new ClientNetworks(
        settings.whole(IPV4_PREFIX, 1, 32, 32), settings.whole(IPV6_PREFIX, 1, 128, 64));
  }

  Cidr of(Connection connection) {
    InetAddress client = connection.client().getAddress();
    return Cidr.of(client, client instanceof Inet4Address ? ipv4Prefix : ipv6Prefix);
  }
}
