package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects what packets on paper ran into: one finding for each cause, whatever it affects. */
final class FirewallFindings {
  private final RuleNames names;
  private final String applyCommand;
  private final Map<List<Object>, Merged> merged = new LinkedHashMap<>();

  FirewallFindings(RuleNames names, String applyCommand) {
    this.names = names;
    this.applyCommand = applyCommand;
  }

  private record Merged(
      FindingType type, String what, String why, Set<String> subjects, Set<String> cures) {
    Finding finding() {
      return new Finding(type, String.join(", ", subjects), what, why, String.join("\n", cures));
    }
  }

  /** Reports something that applying the rules again cures. */
  void apply(FindingType type, String subject, String what, String why) {
    add(List.of(type), type, subject, what, why, applyCommand);
  }

  /** Reports what a rule does that is in the way. What else it does is the same finding. */
  void rule(FindingType type, RuleAt rule, String subject, String what, String why, String cure) {
    add(List.of(rule), type, subject, what, why, cure);
  }

  private void add(
      List<Object> cause, FindingType type, String subject, String what, String why, String cure) {
    Merged finding =
        merged.computeIfAbsent(
            cause,
            unused -> new Merged(type, what, why, new LinkedHashSet<>(), new LinkedHashSet<>()));
    finding.subjects().add(subject);
    finding.cures().add(cure);
  }

  /** Whether a rule has been reported, for whatever it does. */
  boolean reported(RuleAt rule) {
    return merged.keySet().stream().anyMatch(cause -> cause.contains(rule));
  }

  /** What has been reported, in that order. */
  List<Finding> list() {
    List<Finding> findings = new ArrayList<>();
    merged.values().forEach(finding -> findings.add(finding.finding()));
    return findings;
  }

  /** What takes a rule away: one of ours comes back when all are applied again. */
  String removal(RuleAt rule) {
    return ours(rule) ? applyCommand : rule.deletion();
  }

  /** What has ours take the place of a rule. */
  String replacement(RuleAt rule) {
    return ours(rule) ? applyCommand : rule.deletion() + "\n" + applyCommand;
  }

  /** Whether a rule stands in the table, or the chains, that applying fills. */
  boolean ours(RuleAt rule) {
    return rule.program().equals("nft")
        ? rule.table().equals(names.table())
        : names.hasChain(rule.chain());
  }

  /** A rule in words. */
  static String text(RuleAt rule) {
    return rule.program().equals("nft")
        ? "`%s` in the chain %s of nft's table %s %s"
            .formatted(rule.text(), rule.chain(), rule.family(), rule.table())
        : "`%s` in %s's chain %s of table %s"
            .formatted(rule.text(), rule.program(), rule.chain(), rule.table());
  }

  /** A mark as rules write it. */
  static String mark(int mark) {
    return "0x" + Integer.toHexString(mark);
  }

  /** The command that applies the rules. */
  String applyCommand() {
    return applyCommand;
  }

  /** The names of the rules. */
  RuleNames names() {
    return names;
  }

  /** The rule, if it is not one of ours. */
  Optional<RuleAt> foreign(Optional<RuleAt> rule) {
    return rule.filter(one -> !ours(one));
  }
}
