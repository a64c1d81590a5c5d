package dev.pellucid.runtime.host.ruleset;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * What a match of nft looks at.
 *
 * @param kind what kind of value it is
 * @param value the value, if the packet has one
 */
record NftField(NftKind kind, Function<Packet, Optional<Object>> value) {
  private static final Map<String, NftField> FIELDS =
      Map.ofEntries(
          field("meta nfproto", NftKind.NAME, packet -> isIpv4(packet) ? "ipv4" : "ipv6"),
          field("meta protocol", NftKind.NAME, packet -> isIpv4(packet) ? "ip" : "ip6"),
          field("meta pkttype", NftKind.NAME, packet -> "host"),
          field("ct state", NftKind.NAME, Packet::state),
          // What is not the first of its connection, is a reply on paper.
          some(
              "ct direction",
              NftKind.NAME,
              tracked(packet -> packet.first() ? "original" : "reply")),
          // What is translated, the walks do not follow.
          some(
              "ct status", NftKind.NAME, tracked(packet -> packet.first() ? "none" : "seen-reply")),
          some("icmp type", NftKind.NAME, unreachable(true)),
          some("icmpv6 type", NftKind.NAME, unreachable(false)),
          field("meta l4proto", NftKind.PROTOCOL, NftField::protocol),
          some("ip protocol", NftKind.PROTOCOL, ofFamily(true, NftField::protocol)),
          some("ip6 nexthdr", NftKind.PROTOCOL, ofFamily(false, NftField::protocol)),
          some("meta iifname", NftKind.INTERFACE, packet -> name(packet.inInterface())),
          some("meta iif", NftKind.INTERFACE, packet -> name(packet.inInterface())),
          some("meta oifname", NftKind.INTERFACE, packet -> name(packet.outInterface())),
          some("meta oif", NftKind.INTERFACE, packet -> name(packet.outInterface())),
          field("meta mark", NftKind.NUMBER, NftField::mark),
          some("ct mark", NftKind.NUMBER, tracked(packet -> BigInteger.ZERO)),
          some("ip saddr", NftKind.ADDRESS, ofFamily(true, NftField::source)),
          some("ip daddr", NftKind.ADDRESS, ofFamily(true, NftField::destination)),
          some("ip6 saddr", NftKind.ADDRESS, ofFamily(false, NftField::source)),
          some("ip6 daddr", NftKind.ADDRESS, ofFamily(false, NftField::destination)),
          some("tcp sport", NftKind.NUMBER, packet -> port(packet, "TCP", packet.sourcePort())),
          some(
              "tcp dport", NftKind.NUMBER, packet -> port(packet, "TCP", packet.destinationPort())),
          some("udp sport", NftKind.NUMBER, packet -> port(packet, "UDP", packet.sourcePort())),
          some(
              "udp dport", NftKind.NUMBER, packet -> port(packet, "UDP", packet.destinationPort())),
          some("th sport", NftKind.NUMBER, packet -> port(packet, "TCP|UDP", packet.sourcePort())),
          some(
              "th dport",
              NftKind.NUMBER,
              packet -> port(packet, "TCP|UDP", packet.destinationPort())),
          some("tcp flags", NftKind.FLAGS, NftField::flags),
          some("socket transparent", NftKind.NUMBER, NftField::transparent),
          some("socket wildcard", NftKind.NUMBER, NftField::wildcard));

  /** One that is named like this in rules, such as {@code ip saddr}. */
  static Optional<NftField> of(String name) {
    return Optional.ofNullable(FIELDS.get(name));
  }

  static NftField constant(NftKind kind, Object value) {
    return new NftField(kind, packet -> Optional.of(value));
  }

  /**
   * One that is calculated from two numbers.
   *
   * @throws IllegalArgumentException if they are texts
   */
  static NftField calculated(NftField left, NftField right, BinaryOperator<BigInteger> operator) {
    if (left.kind.isText() || right.kind.isText()) {
      throw new IllegalArgumentException("a text is no number");
    }
    return new NftField(
        left.kind,
        packet ->
            left.value
                .apply(packet)
                .flatMap(
                    a ->
                        right
                            .value
                            .apply(packet)
                            .map(b -> operator.apply((BigInteger) a, (BigInteger) b))));
  }

  private static Map.Entry<String, NftField> field(
      String name, NftKind kind, Function<Packet, Object> value) {
    return some(name, kind, value.andThen(Optional::of));
  }

  private static Map.Entry<String, NftField> some(
      String name, NftKind kind, Function<Packet, Optional<Object>> value) {
    return Map.entry(name, new NftField(kind, value));
  }

  private static boolean isIpv4(Packet packet) {
    return packet.destination() instanceof Inet4Address;
  }

  private static Function<Packet, Optional<Object>> ofFamily(
      boolean ipv4, Function<Packet, Object> value) {
    return packet -> isIpv4(packet) == ipv4 ? Optional.of(value.apply(packet)) : Optional.empty();
  }

  private static Function<Packet, Optional<Object>> tracked(Function<Packet, Object> value) {
    return packet -> packet.untracked() ? Optional.empty() : Optional.of(value.apply(packet));
  }

  private static Object protocol(Packet packet) {
    return BigInteger.valueOf(ProtocolNumber.of(packet));
  }

  // The walks' ICMP tells that a destination cannot be reached.
  private static Function<Packet, Optional<Object>> unreachable(boolean ipv4) {
    return packet ->
        packet.protocol() == Packet.Protocol.ICMP && isIpv4(packet) == ipv4
            ? Optional.of("destination-unreachable")
            : Optional.empty();
  }

  private static Object mark(Packet packet) {
    return BigInteger.valueOf(Integer.toUnsignedLong(packet.mark()));
  }

  private static Optional<Object> name(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  private static Object source(Packet packet) {
    return Interval.number(packet.source());
  }

  private static Object destination(Packet packet) {
    return Interval.number(packet.destination());
  }

  private static Optional<Object> port(Packet packet, String protocols, int port) {
    return packet.protocol().name().matches(protocols)
        ? Optional.of(BigInteger.valueOf(port))
        : Optional.empty();
  }

  private static Optional<Object> flags(Packet packet) {
    return packet.protocol() == Packet.Protocol.TCP
        ? Optional.of(BigInteger.valueOf(TcpFlags.of(packet)))
        : Optional.empty();
  }

  private static Optional<Object> transparent(Packet packet) {
    return switch (packet.owner()) {
      case NONE -> Optional.empty();
      case LISTENER -> Optional.of(BigInteger.ZERO);
      case TRANSPARENT_LISTENER, TRANSPARENT_SOCKET -> Optional.of(BigInteger.ONE);
    };
  }

  // A socket that a SYN finds and that does not listen is in TIME_WAIT, and is not asked.
  private static Optional<Object> wildcard(Packet packet) {
    boolean timeWait = packet.protocol() == Packet.Protocol.TCP && packet.first();
    return switch (packet.owner()) {
      case NONE -> Optional.empty();
      case LISTENER, TRANSPARENT_LISTENER -> Optional.of(BigInteger.ONE);
      case TRANSPARENT_SOCKET -> timeWait ? Optional.empty() : Optional.of(BigInteger.ZERO);
    };
  }
}
