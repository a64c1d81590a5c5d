package dev.pellucid.runtime.host.examination;

import dev.pellucid.api.Addresses;
import dev.pellucid.runtime.host.IpFamily;
import java.net.InetAddress;

/**
 * Hosts far away, as examples of all that are: those of the AS112 project (RFC 7534, RFC 7535),
 * which answers on the whole Internet for what nobody should have asked, so that it bothers nobody
 * if a probe gets there. Of networks that are kept for documentation, nobody expects packets: many
 * routers drop them by a list, which would be taken for what is in the way.
 */
public final class FarAway {
  private static final InetAddress CLIENT = Addresses.literal("192.31.196.1");
  private static final InetAddress CLIENT_6 = Addresses.literal("2001:4:112::1");
  private static final InetAddress SERVER = Addresses.literal("192.175.48.6");
  private static final InetAddress SERVER_6 = Addresses.literal("2620:4f:8000::6");

  private FarAway() {}

  /** A client. */
  public static InetAddress client(IpFamily family) {
    return family == IpFamily.IPV4 ? CLIENT : CLIENT_6;
  }

  /** A server, in another network than the client. */
  public static InetAddress server(IpFamily family) {
    return family == IpFamily.IPV4 ? SERVER : SERVER_6;
  }
}
