package dev.pellucid.runtime.host.ruleset;

import static java.util.Map.entry;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** What the targets of iptables do, by name. */
final class IptablesTargets {
  private static final int ALL = -1;

  private static final Map<String, Function<List<IptablesOption>, List<Statement>>> TARGETS =
      Map.ofEntries(
          entry("ACCEPT", options -> List.of(Statement.decide(Verdict.ACCEPT))),
          entry("DROP", options -> List.of(Statement.decide(Verdict.DROP))),
          entry("REJECT", options -> List.of(Statement.decide(Verdict.REJECT))),
          entry("RETURN", options -> List.of(Statement.decide(Verdict.RETURN))),
          entry("MARK", options -> marks(options, IptablesTargets::mark)),
          entry("CONNMARK", IptablesTargets::connectionMark),
          entry("TPROXY", IptablesTargets::tproxy),
          entry("CT", IptablesTargets::tracking),
          entry("NOTRACK", options -> List.of(new Statement.Untrack())),
          entry("DNAT", options -> List.of(new Statement.Translate())),
          entry("SNAT", options -> List.of(new Statement.Translate())),
          entry("REDIRECT", options -> List.of(new Statement.Translate())),
          entry("MASQUERADE", options -> List.of(new Statement.Translate())),
          entry("NETMAP", options -> List.of(new Statement.Translate())));

  private IptablesTargets() {}

  /**
   * What a target does; a name that is no target's is a chain's, or unknown, which does nothing.
   */
  static List<Statement> parse(String name, List<IptablesOption> options) {
    Function<List<IptablesOption>, List<Statement>> target = TARGETS.get(name);
    try {
      return target == null ? List.of(Statement.decide(Verdict.jump(name))) : target.apply(options);
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private static List<Statement> marks(
      List<IptablesOption> options, Function<IptablesOption, IntUnaryOperator> parser) {
    return options.stream().map(option -> marking(parser.apply(option))).toList();
  }

  private static Statement marking(IntUnaryOperator change) {
    return new Statement.SetMark(packet -> Optional.of(change.applyAsInt(packet.mark())));
  }

  private static IntUnaryOperator mark(IptablesOption option) {
    Masked operand = Masked.of(option.value());
    return switch (option.name()) {
      case "--set-xmark" -> operand::appliedTo;
      case "--set-mark" -> mark -> (mark & ~operand.mask()) | operand.value();
      case "--and-mark" -> mark -> mark & operand.value();
      case "--or-mark" -> mark -> mark | operand.value();
      case "--xor-mark" -> mark -> mark ^ operand.value();
      default -> throw new IllegalArgumentException(option.name() + " is not known");
    };
  }

  // The connection's mark is taken as 0: restoring it clears bits of the packet's.
  private static List<Statement> connectionMark(List<IptablesOption> options) {
    List<String> names = options.stream().map(IptablesOption::name).toList();
    if (!names.contains("--restore-mark")) {
      return List.of();
    }
    int mask =
        options.stream()
            .filter(option -> option.name().matches("--(nf)?mask"))
            .findFirst()
            .map(option -> Masked.of(option.value()).value())
            .orElse(ALL);
    return List.of(
        new Statement.SetMark(
            packet -> Optional.of(packet.untracked() ? packet.mark() : packet.mark() & ~mask)));
  }

  private static List<Statement> tracking(List<IptablesOption> options) {
    return options.stream().anyMatch(option -> option.name().equals("--notrack"))
        ? List.of(new Statement.Untrack())
        : List.of();
  }

  private static List<Statement> tproxy(List<IptablesOption> options) {
    Optional<InetAddress> address =
        value(options, "--on-ip")
            .map(Interval::address)
            .filter(listener -> !listener.isAnyLocalAddress());
    int port = Integer.parseInt(value(options, "--on-port").orElse("0"));
    Masked mark = Masked.of(value(options, "--tproxy-mark").orElse("0/0"));
    return List.of(
        new Statement.Tproxy("", address, packet -> Optional.of(port), Verdict.DROP),
        marking(mark::appliedTo),
        Statement.decide(Verdict.ACCEPT));
  }

  private static Optional<String> value(List<IptablesOption> options, String name) {
    return options.stream()
        .filter(option -> option.name().equals(name))
        .map(IptablesOption::value)
        .findFirst();
  }
}
