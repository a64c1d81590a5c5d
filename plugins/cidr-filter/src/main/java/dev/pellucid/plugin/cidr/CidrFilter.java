package dev.pellucid.plugin.cidr;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Accepts or rejects a connection by its client's address. A client in a denied network is
 * rejected, even if it is in an allowed one too. Any other is accepted if it is in an allowed
 * network, or if none is listed.
 *
 * <p>A network is written {@code 10.1.0.0/24} or {@code 2001:db8::/32}, a single address without a
 * prefix length. IPv4 networks hold IPv4 clients only, and IPv6 networks IPv6 clients.
 */
public final class CidrFilter implements ConnectionFilter {
  private final Cidr[] allow;
  private final Cidr[] deny;

  /**
   * A filter that accepts clients in these networks only.
   *
   * @param allow the networks; none means every client
   * @throws IllegalArgumentException if one of them cannot be read
   */
  public CidrFilter(String... allow) {
    this(Arrays.stream(allow).map(Cidr::parse).toList(), List.of());
  }

  CidrFilter(List<Cidr> allow, List<Cidr> deny) {
    this.allow = allow.toArray(Cidr[]::new);
    this.deny = deny.toArray(Cidr[]::new);
  }

  @Override
  public Verdict decide(Connection connection) {
    return accepts(connection.client().getAddress()) ? Verdict.accept() : Verdict.reject();
  }

  /** Allocates nothing but the copy of the address that {@link InetAddress} insists on. */
  private boolean accepts(InetAddress client) {
    byte[] address = client.getAddress();
    return !anyContains(deny, address) && (allow.length == 0 || anyContains(allow, address));
  }

  private static boolean anyContains(Cidr[] networks, byte[] address) {
    for (Cidr network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
