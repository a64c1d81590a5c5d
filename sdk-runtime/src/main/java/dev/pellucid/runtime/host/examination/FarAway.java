package dev.pellucid.runtime.host.examination;

import dev.pellucid.api.Addresses;
import dev.pellucid.runtime.host.IpFamily;
import java.net.InetAddress;

/**
 * Hosts far away, as examples of all that are. They are IANA's: of networks that are kept for
 * documentation, nobody expects packets, and the lists of such networks that many routers drop
 * would be taken for what is in the way.
 */
public final class FarAway {
  private static final InetAddress CLIENT = Addresses.literal("199.43.135.53");
  private static final InetAddress CLIENT_6 = Addresses.literal("2001:500:8f::53");
  private static final InetAddress SERVER = Addresses.literal("192.0.32.8");
  private static final InetAddress SERVER_6 = Addresses.literal("2620:0:2d0:200::8");

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
