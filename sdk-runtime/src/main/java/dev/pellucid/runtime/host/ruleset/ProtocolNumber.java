package dev.pellucid.runtime.host.ruleset;

import static java.util.Map.entry;

import java.net.Inet4Address;
import java.util.Map;
import java.util.Optional;

/** Protocols as IP numbers them. */
final class ProtocolNumber {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int ICMP = 1;
  private static final int ICMPV6 = 58;

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          entry("icmp", ICMP),
          entry("igmp", 2),
          entry("tcp", TCP),
          entry("udp", UDP),
          entry("dccp", 33),
          entry("gre", 47),
          entry("esp", 50),
          entry("ah", 51),
          entry("icmpv6", ICMPV6),
          entry("ipv6-icmp", ICMPV6),
          entry("ospf", 89),
          entry("vrrp", 112),
          entry("sctp", 132),
          entry("udplite", 136));

  private ProtocolNumber() {}

  static int of(Packet packet) {
    return switch (packet.protocol()) {
      case TCP -> TCP;
      case UDP -> UDP;
      case ICMP -> packet.destination() instanceof Inet4Address ? ICMP : ICMPV6;
    };
  }

  /**
   * The number of a protocol by its name or number.
   *
   * @throws IllegalArgumentException if it is not known
   */
  static int of(String protocol) {
    return Optional.ofNullable(NUMBERS.get(protocol)).orElseGet(() -> Integer.decode(protocol));
  }
}
