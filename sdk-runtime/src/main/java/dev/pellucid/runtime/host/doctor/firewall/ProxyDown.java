package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Do the rules do what the configuration says while nothing listens? */
final class ProxyDown implements FirewallCheck.Question {

  @Override
  public void ask(Firewall firewall, FirewallFindings findings) {
    for (Intercept intercept : firewall.intercepts()) {
      // A redirect to nobody is refused, whatever the rules.
      if (intercept.mode() != InterceptMode.REDIRECT) {
        look(firewall, findings, intercept);
      }
    }
  }

  private static void look(Firewall firewall, FirewallFindings findings, Intercept intercept) {
    for (Packet packet : firewall.packets().first(intercept)) {
      Packet unowned = packet.owned(true, Owner.NONE);
      Fate fate = firewall.walk().walk(Hook.PREROUTING, unowned, false);
      OnProxyDown found = outcome(firewall.marked(packet), fate);
      if (found != intercept.onProxyDown()
          && firewall.handedOver(intercept, packet, firewall.arrives(packet))) {
        report(
            findings,
            intercept,
            packet,
            found,
            findings.foreign(deciding(firewall.marked(packet), fate)));
      }
    }
  }

  private static OnProxyDown outcome(IntPredicate marked, Fate fate) {
    if (fate.dropped().isPresent()) {
      return fate.rejected() ? OnProxyDown.RESET : OnProxyDown.BLOCK;
    }
    // What is delivered here although nobody listens is refused.
    return marked.test(fate.mark()) ? OnProxyDown.RESET : OnProxyDown.BYPASS;
  }

  /** The rule that keeps a packet from passing by, if one does. */
  private static Optional<RuleAt> deciding(IntPredicate marked, Fate fate) {
    return fate.dropped()
        .or(
            () ->
                fate.steps().stream()
                    .filter(step -> marked.test(step.mark()))
                    .map(Fate.Step::rule)
                    .findFirst());
  }

  private static void report(
      FirewallFindings findings,
      Intercept intercept,
      Packet packet,
      OnProxyDown found,
      Optional<RuleAt> foreign) {
    String subject = "listener " + intercept.name();
    String what =
        "While nothing listens at %s, %s %s; the configuration says that it %s."
            .formatted(
                Words.endpoint(intercept.listener()),
                Words.traffic(packet),
                words(found),
                words(intercept.onProxyDown()));
    String why =
        found == OnProxyDown.BYPASS
            ? "Whatever the proxy is there for, such as filtering, ends with it unnoticed."
            : "When the proxy ends or starts anew, clients meet something else than you chose.";
    if (foreign.isPresent()) {
      RuleAt rule = foreign.get();
      String text = what + " That is the work of %s.".formatted(FirewallFindings.text(rule));
      String cure = findings.replacement(rule);
      findings.rule(FindingType.ON_PROXY_DOWN, rule, subject, text, why, cure);
    } else {
      findings.apply(FindingType.ON_PROXY_DOWN, subject, what, why);
    }
  }

  private static String words(OnProxyDown outcome) {
    return switch (outcome) {
      case BLOCK -> "is dropped (block)";
      case RESET -> "is refused (reset)";
      case BYPASS -> "passes by (bypass)";
    };
  }
}
