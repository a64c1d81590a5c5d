package dev.pellucid.runtime.host.state;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.Json;
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
 * @param users whose sockets they come from; empty: anybody's
 * @param special conditions that cannot be judged beforehand, such as a type of service
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
    Optional<Users> users,
    boolean special,
    Action action,
    int table,
    int target,
    OptionalInt suppressed) {

  /**
   * Users, by their numbers.
   *
   * @param first the first of them
   * @param last the last of them
   */
  public record Users(long first, long last) {
    /**
     * Whether packets of others are meant too, that this host receives: to the kernel, no socket
     * being theirs, they are root's.
     */
    public boolean others() {
      return first == 0;
    }
  }

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
      List.of("tos", "dsfield", "sport_mask", "dport_mask", "tun_id", "l3mdev", "suppress_ifgroup");

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none
   */
  static PolicyRule of(Json json) {
    return new PolicyRule(
        json.number("priority"),
        json.has("not"),
        network(json, "src", "srclen"),
        network(json, "dst", "dstlen"),
        mark(json, "fwmark", 0),
        mark(json, "fwmask", json.has("fwmark") ? -1 : 0),
        json.string("iif"),
        json.string("oif"),
        protocol(json),
        ports(json, "sport"),
        ports(json, "dport"),
        users(json),
        SPECIAL.stream().anyMatch(json::has),
        action(json),
        json.has("table") ? json.number("table") : 0,
        json.has("goto") ? json.number("goto") : 0,
        json.has("suppress_prefixlen")
            ? OptionalInt.of(json.number("suppress_prefixlen"))
            : OptionalInt.empty());
  }

  private static Action action(Json json) {
    if (json.has("goto")) {
      return Action.GOTO;
    }
    if (json.has("nop")) {
      return Action.NOP;
    }
    // The others are numbers of discarding types of routes. An l3mdev rule has no fixed table.
    return switch (json.text("action")) {
      case "6" -> Action.BLACKHOLE;
      case "7" -> Action.UNREACHABLE;
      case "8" -> Action.PROHIBIT;
      default -> Action.LOOKUP;
    };
  }

  private static Optional<Cidr> network(Json json, String address, String length) {
    return json.string(address)
        .filter(all -> !all.equals("all"))
        .map(
            network ->
                Cidr.parse(
                    json.string(length).map(number -> network + "/" + number).orElse(network)));
  }

  // Its number, behind a word in some versions of ip.
  private static OptionalInt protocol(Json json) {
    return json.string("ipproto").stream()
        .mapToInt(text -> Integer.parseInt(text.replace("ipproto-", "")))
        .findFirst();
  }

  private static Optional<PortRange> ports(Json json, String key) {
    if (json.has(key)) {
      return Optional.of(PortRange.of(json.number(key)));
    }
    return json.has(key + "_start")
        ? Optional.of(new PortRange(json.number(key + "_start"), json.number(key + "_end")))
        : Optional.empty();
  }

  private static Optional<Users> users(Json json) {
    return json.string("uid_start")
        .map(first -> new Users(Long.parseLong(first), Long.parseLong(json.text("uid_end"))));
  }

  // Marks are hexadecimal, and unsigned.
  private static int mark(Json json, String key, int missing) {
    return json.string(key).map(text -> Long.decode(text).intValue()).orElse(missing);
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
        || users.isPresent()
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
    users.ifPresent(range -> text.add("uidrange %d-%d".formatted(range.first(), range.last())));
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
