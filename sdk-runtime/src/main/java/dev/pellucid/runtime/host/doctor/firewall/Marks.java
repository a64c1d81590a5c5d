package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** What becomes of the mark once it is set. */
final class Marks {
  private Marks() {}

  /** Whether a rule set it, even if another changed it afterwards. */
  static boolean given(IntPredicate marked, Fate fate) {
    return fate.steps().stream().anyMatch(step -> marked.test(step.mark()));
  }

  /** The rule that changed the mark after it was set, if one did. */
  static Optional<RuleAt> overwriting(IntPredicate marked, Fate fate) {
    List<Fate.Step> steps = fate.steps();
    for (int i = steps.size() - 1; i > 0; i--) {
      if (marked.test(steps.get(i - 1).mark()) && !marked.test(steps.get(i).mark())) {
        return Optional.of(steps.get(i).rule());
      }
    }
    return Optional.empty();
  }

  /** Reports it. */
  static void report(
      FirewallFindings findings,
      IntPredicate marked,
      RuleAt rule,
      Fate fate,
      String subject,
      String traffic) {
    int mark = findings.names().mark();
    findings.rule(
        FindingType.MARK_OVERWRITTEN,
        rule,
        subject,
        "%s changes the mark %s of %s to %s."
            .formatted(
                FirewallFindings.text(rule),
                FirewallFindings.mark(mark),
                traffic,
                FirewallFindings.mark(fate.mark())),
        "The mark is what has this host deliver such packets to the proxy, although they are"
            + " addressed to others. Without it they are forwarded, or lost.",
        cure(findings, marked, rule, fate));
  }

  // An accept at the head of its chain is of use only if the mark comes from another chain.
  private static String cure(
      FirewallFindings findings, IntPredicate marked, RuleAt rule, Fate fate) {
    List<Fate.Step> before =
        fate.steps().stream().filter(step -> marked.test(step.mark())).toList();
    boolean sameTable = before.stream().anyMatch(step -> table(step.rule()).equals(table(rule)));
    return findings.ours(rule) || sameTable
        ? findings.removal(rule)
        : Exemption.ofMark(before.get(before.size() - 1).mark()).before(rule, Hook.PREROUTING);
  }

  private static List<String> table(RuleAt rule) {
    return List.of(rule.program(), rule.family(), rule.table());
  }
}
