package dev.pellucid.runtime.host.ruleset;

import static java.util.Map.entry;
import static java.util.stream.Collectors.toMap;

import dev.pellucid.runtime.host.ruleset.Packet.Protocol;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** What the matches of iptables say, by the names of their modules and options. */
final class IptablesMatches {
  /** What an option asks for; the sign before it comes later. */
  private interface Parser {
    Match parse(IptablesOption option);
  }

  /** The options that need no module. */
  static final String STANDARD = "";

  private static final Map<String, Parser> PORTS =
      Map.of(
          "--sport", option -> ports(option, Packet::sourcePort),
          "--dport", option -> ports(option, Packet::destinationPort));

  private final Map<String, Map<String, Parser>> modules;

  IptablesMatches(AddressType types) {
    modules =
        Map.ofEntries(
            entry(STANDARD, standard()),
            entry("tcp", tcp()),
            entry("udp", PORTS),
            entry("icmp", Map.of("--icmp-type", option -> unreachable(option, "3"))),
            entry("icmp6", Map.of("--icmpv6-type", option -> unreachable(option, "1"))),
            entry("multiport", multiport()),
            entry("mark", Map.of("--mark", option -> mark(option, Packet::mark))),
            entry("connmark", Map.of("--mark", IptablesMatches::connectionMark)),
            entry("conntrack", conntrack()),
            entry("state", Map.of("--state", IptablesMatches::state)),
            entry("addrtype", addressTypes(types)),
            entry("iprange", addressRanges()),
            entry("pkttype", Map.of("--pkt-type", IptablesMatches::packetType)),
            entry("rpfilter", rpfilter()),
            entry("comment", Map.of("--comment", option -> Match.ANY)),
            entry("limit", ignoring("--limit", "--limit-burst")),
            entry("hashlimit", hashlimit()),
            entry("connlimit", connlimit()));
  }

  /** All that a module's options ask for, one after the other. */
  List<Statement> parse(String module, List<IptablesOption> options) {
    if (module.equals("socket")) {
      return List.of(new Statement.Test(socket(options)));
    }
    Map<String, Parser> parsers = modules.get(module);
    return parsers == null
        ? List.of(new Statement.Unknown())
        : options.stream().map(option -> parse(parsers, option)).toList();
  }

  private static Statement parse(Map<String, Parser> parsers, IptablesOption option) {
    Parser parser = parsers.get(option.name());
    try {
      return parser == null
          ? new Statement.Unknown()
          : new Statement.Test(parser.parse(option).not(option.negated()));
    } catch (IllegalArgumentException e) {
      return new Statement.Unknown();
    }
  }

  private static Map<String, Parser> standard() {
    return Map.of(
        "-p", option -> protocol(option.value()),
        "-s", option -> network(option.value(), Packet::source),
        "-d", option -> network(option.value(), Packet::destination),
        "-i", option -> interfaces(option.value(), Packet::inInterface),
        "-o", option -> interfaces(option.value(), Packet::outInterface),
        // The walks' packets are whole.
        "-f", option -> packet -> false);
  }

  private static Match protocol(String name) {
    int number = ProtocolNumber.of(name.equals("all") ? "0" : name);
    return number == 0 ? Match.ANY : packet -> ProtocolNumber.of(packet) == number;
  }

  private static Match network(String text, Function<Packet, InetAddress> side) {
    String[] parts = text.split("/", 2);
    InetAddress address = Interval.address(parts[0]);
    int all = address.getAddress().length * Byte.SIZE;
    int length = parts.length == 1 ? all : Integer.parseInt(parts[1]);
    return within(Interval.prefix(address, length), side);
  }

  private static Match within(Interval interval, Function<Packet, InetAddress> side) {
    return packet -> interval.contains(Interval.number(side.apply(packet)));
  }

  private static Match interfaces(String name, Function<Packet, String> side) {
    return name.endsWith("+")
        ? packet -> side.apply(packet).startsWith(name.substring(0, name.length() - 1))
        : packet -> side.apply(packet).equals(name);
  }

  private static Map<String, Parser> tcp() {
    return Map.of(
        "--sport", option -> ports(option, Packet::sourcePort),
        "--dport", option -> ports(option, Packet::destinationPort),
        "--syn", option -> packet -> TcpFlags.of(packet) == TcpFlags.SYN,
        "--tcp-flags", IptablesMatches::flags);
  }

  private static Match flags(IptablesOption option) {
    int mask = TcpFlags.of(List.of(option.values().get(0).split(",")));
    int set = TcpFlags.of(List.of(option.values().get(1).split(",")));
    return packet -> (TcpFlags.of(packet) & mask) == set;
  }

  // The walks' ICMP tells that a destination cannot be reached.
  private static Match unreachable(IptablesOption option, String number) {
    boolean type = option.value().equals("any") || option.value().split("/", 2)[0].equals(number);
    return packet -> type && packet.protocol() == Protocol.ICMP;
  }

  private static Map<String, Parser> multiport() {
    return Map.of(
        "--sports", option -> ports(option, Packet::sourcePort),
        "--dports", option -> ports(option, Packet::destinationPort),
        "--ports",
            option -> {
              Match source = ports(option, Packet::sourcePort);
              Match destination = ports(option, Packet::destinationPort);
              return packet -> source.matches(packet) || destination.matches(packet);
            });
  }

  private static Match ports(IptablesOption option, ToIntFunction<Packet> side) {
    List<Interval> ranges =
        Arrays.stream(option.value().split(",")).map(IptablesMatches::ports).toList();
    return packet -> {
      BigInteger port = BigInteger.valueOf(side.applyAsInt(packet));
      return packet.protocol() != Protocol.ICMP
          && ranges.stream().anyMatch(range -> range.contains(port));
    };
  }

  private static Interval ports(String range) {
    String[] ends = range.split(":", 2);
    return new Interval(new BigInteger(ends[0]), new BigInteger(ends[ends.length - 1]));
  }

  private static Match mark(IptablesOption option, ToIntFunction<Packet> marked) {
    Masked mark = Masked.of(option.value());
    return packet -> (marked.applyAsInt(packet) & mark.mask()) == mark.value();
  }

  private static Match connectionMark(IptablesOption option) {
    Match mark = mark(option, packet -> 0);
    return packet -> !packet.untracked() && mark.matches(packet);
  }

  // What is not the first of its connection, is a reply on paper.
  private static Map<String, Parser> conntrack() {
    return Map.of(
        "--ctstate",
        IptablesMatches::state,
        "--ctstatus",
        IptablesMatches::status,
        "--ctdir",
        option ->
            packet ->
                !packet.untracked()
                    && option.value().equals(packet.first() ? "ORIGINAL" : "REPLY"));
  }

  private static Match state(IptablesOption option) {
    List<String> states = List.of(option.value().toLowerCase(Locale.ROOT).split(","));
    return packet -> states.contains(packet.state());
  }

  private static Match status(IptablesOption option) {
    List<String> names = List.of(option.value().split(","));
    return packet -> !packet.untracked() && names.contains(packet.first() ? "NONE" : "SEEN_REPLY");
  }

  private static Map<String, Parser> addressTypes(AddressType types) {
    return Map.of(
        "--src-type", option -> addressType(option, types, Packet::source),
        "--dst-type", option -> addressType(option, types, Packet::destination),
        "--limit-iface-in", option -> Match.ANY,
        "--limit-iface-out", option -> Match.ANY);
  }

  private static Match addressType(
      IptablesOption option, AddressType types, Function<Packet, InetAddress> side) {
    List<String> names = List.of(option.value().split(","));
    return packet -> names.stream().anyMatch(name -> types.is(side.apply(packet), name));
  }

  private static Map<String, Parser> addressRanges() {
    return Map.of(
        "--src-range", option -> within(range(option.value()), Packet::source),
        "--dst-range", option -> within(range(option.value()), Packet::destination));
  }

  private static Interval range(String text) {
    String[] ends = text.split("-", 2);
    return new Interval(
        Interval.number(Interval.address(ends[0])),
        Interval.number(Interval.address(ends[ends.length - 1])));
  }

  private static Match packetType(IptablesOption option) {
    boolean host = option.value().toLowerCase(Locale.ROOT).matches("unicast|host");
    return packet -> host;
  }

  // There is a way back to every source.
  private static Map<String, Parser> rpfilter() {
    return Map.of(
        "--invert", option -> packet -> false,
        "--loose", option -> Match.ANY,
        "--validmark", option -> Match.ANY,
        "--accept-local", option -> Match.ANY);
  }

  private static Map<String, Parser> hashlimit() {
    return ignoring(
        "--hashlimit-upto",
        "--hashlimit-burst",
        "--hashlimit-mode",
        "--hashlimit-name",
        "--hashlimit-htable-size",
        "--hashlimit-htable-max",
        "--hashlimit-htable-expire",
        "--hashlimit-htable-gcinterval",
        "--hashlimit-srcmask",
        "--hashlimit-dstmask");
  }

  private static Map<String, Parser> connlimit() {
    return ignoring("--connlimit-upto", "--connlimit-mask", "--connlimit-saddr");
  }

  private static Map<String, Parser> ignoring(String... options) {
    return Arrays.stream(options)
        .collect(toMap(Function.identity(), option -> unused -> Match.ANY));
  }

  // Unless told otherwise, listeners bound to any address do not count.
  private static Match socket(List<IptablesOption> options) {
    List<String> names = options.stream().map(IptablesOption::name).toList();
    boolean transparent = names.contains("--transparent");
    boolean wildcards = names.contains("--nowildcard");
    return packet ->
        switch (packet.owner()) {
          case NONE -> false;
          case LISTENER -> wildcards && !transparent;
          case TRANSPARENT_LISTENER -> wildcards;
          case TRANSPARENT_SOCKET -> true;
        };
  }
}
