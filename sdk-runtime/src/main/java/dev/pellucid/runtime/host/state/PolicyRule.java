package dev.pellucid.runtime.host.state;

import com.typesafe.config.Config;
import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.PortRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;

/**
 * A rule of policy routing: which packets look for their route where.
 *
 * @param priority rules are asked in this order
 * @param inverted whether it is for the packets that its conditions do <em>not</em> match
 * @param from where packets come from; empty: anywhere
 * @param to where they go; empty: anywhere
 * @param mark the mark that they have, in the bits of the mask
 * @param mask which bits of the mark count; 0: none
 * @param input the interface by which they come in; empty: any
 * @param output the interface that their socket is bound to; empty: any
 * @param protocol the number of their transport protocol; empty: any
 * @param sourcePorts where they come from; empty: anywhere
 * @param destinationPorts where they go; empty: anywhere
 * @param special conditions that cannot be judged beforehand, such as a user or a type of service
 * @param action what happens to them
 * @param table the table of {@link Action#LOOKUP}
 * @param target the priority where {@link Action#GOTO} goes on
 * @param suppressed routes of the table with a prefix of this length, or a shorter one, don't count
 */
public record PolicyRule(
    int priority,
    boolean inverted,
    Optional<Cidr> from,
    Optional<Cidr> to,
    int mark,
    int mask,
    Optional<String> input,
    Optional<String> output,
    OptionalInt protocol,
    Optional<PortRange> sourcePorts,
    Optional<PortRange> destinationPorts,
    boolean special,
    Action action,
    int table,
    int target,
    OptionalInt suppressed) {

  /** What a rule does with a packet. */
  public enum Action {
    /** Looks in a table; if it has no route, the next rule is asked. */
    LOOKUP,
    /** Goes on with another rule. */
    GOTO,
    /** Goes on with the next rule. */
    NOP,
    /** Discards the packet silently. */
    BLACKHOLE,
    /** Discards the packet and says so. */
    UNREACHABLE,
    /** Discards the packet and says that it is forbidden. */
    PROHIBIT;

    /** Whether it discards the packet. */
    public boolean discards() {
      return this == BLACKHOLE || this == UNREACHABLE || this == PROHIBIT;
    }
  }

  private static final List<String> SPECIAL =
      List.of(
          "tos",
          "dsfield",
          "uid_start",
          "sport_mask",
          "dport_mask",
          "tun_id",
          "l3mdev",
          "suppress_ifgroup");

  static PolicyRule of(Config json) {
    return new PolicyRule(
        json.getInt("priority"),
        json.hasPathOrNull("not"),
        network(json, "src", "srclen"),
        network(json, "dst", "dstlen"),
        number(json, "fwmark", 0),
        number(json, "fwmask", json.hasPath("fwmark") ? -1 : 0),
        optional(json, "iif"),
        optional(json, "oif"),
        protocol(json),
        ports(json, "sport"),
        ports(json, "dport"),
        SPECIAL.stream().anyMatch(json::hasPathOrNull),
        action(json),
        json.hasPath("table") ? json.getInt("table") : 0,
        json.hasPath("goto") ? json.getInt("goto") : 0,
        json.hasPath("suppress_prefixlen")
            ? OptionalInt.of(json.getInt("suppress_prefixlen"))
            : OptionalInt.empty());
  }

  private static Action action(Config json) {
    if (json.hasPathOrNull("goto")) {
      return Action.GOTO;
    }
    if (json.hasPathOrNull("nop")) {
      return Action.NOP;
    }
    // The others are numbers of discarding types of routes. An l3mdev rule has no fixed table.
    return switch (optional(json, "action").orElse("")) {
      case "6" -> Action.BLACKHOLE;
      case "7" -> Action.UNREACHABLE;
      case "8" -> Action.PROHIBIT;
      default -> Action.LOOKUP;
    };
  }

  private static Optional<Cidr> network(Config json, String address, String length) {
    Optional<String> text = optional(json, address).filter(all -> !all.equals("all"));
    return text.map(
        network ->
            Cidr.parse(json.hasPath(length) ? network + "/" + json.getInt(length) : network));
  }

  private static Optional<String> optional(Config json, String key) {
    return json.hasPath(key) ? Optional.of(json.getString(key)) : Optional.empty();
  }

  // Its number, behind a word in some versions of ip.
  private static OptionalInt protocol(Config json) {
    return optional(json, "ipproto").stream()
        .mapToInt(text -> Integer.parseInt(text.replace("ipproto-", "")))
        .findFirst();
  }

  private static Optional<PortRange> ports(Config json, String key) {
    if (json.hasPath(key)) {
      return Optional.of(PortRange.of(json.getInt(key)));
    }
    return json.hasPath(key + "_start")
        ? Optional.of(new PortRange(json.getInt(key + "_start"), json.getInt(key + "_end")))
        : Optional.empty();
  }

  // Marks are hexadecimal, and unsigned.
  private static int number(Config json, String key, int missing) {
    return json.hasPath(key) ? Long.decode(json.getString(key)).intValue() : missing;
  }

  /** Whether it has a condition besides the mark. */
  public boolean narrow() {
    return from.isPresent()
        || to.isPresent()
        || input.isPresent()
        || output.isPresent()
        || protocol.isPresent()
        || sourcePorts.isPresent()
        || destinationPorts.isPresent()
        || special;
  }

  /** Whether it has all packets with a mark looked up in a table. */
  public boolean looksUp(int packetMark, int inTable) {
    return action == Action.LOOKUP
        && table == inTable
        && !inverted
        && !narrow()
        && mask != 0
        && acceptsMark(packetMark);
  }

  /** Whether a packet with this mark satisfies the rule's condition about marks. */
  public boolean acceptsMark(int packetMark) {
    return ((packetMark ^ mark) & mask) == 0;
  }

  /** As {@code ip rule} takes it, without conditions that are {@link #special}. */
  public String text() {
    StringJoiner text = new StringJoiner(" ");
    text.add(inverted ? "not from" : "from").add(from.map(Cidr::toString).orElse("all"));
    to.ifPresent(network -> text.add("to " + network));
    if (mask != 0) {
      text.add("fwmark 0x%x".formatted(mark) + (mask == -1 ? "" : "/0x%x".formatted(mask)));
    }
    input.ifPresent(link -> text.add("iif " + link));
    output.ifPresent(link -> text.add("oif " + link));
    protocol.ifPresent(number -> text.add("ipproto " + number));
    sourcePorts.ifPresent(ports -> text.add("sport " + ports));
    destinationPorts.ifPresent(ports -> text.add("dport " + ports));
    return text.add(actionText()).toString();
  }

  private String actionText() {
    return switch (action) {
      case LOOKUP ->
          "lookup "
              + table
              + (suppressed.isPresent() ? " suppress_prefixlength " + suppressed.getAsInt() : "");
      case GOTO -> "goto " + target;
      case NOP -> "nop";
      case BLACKHOLE -> "blackhole";
      case UNREACHABLE -> "unreachable";
      case PROHIBIT -> "prohibit";
    };
  }
}
