package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;

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
      Packet unowned = PaperPackets.owned(packet, true, Owner.NONE);
      OnProxyDown found = outcome(firewall, firewall.walk().walk(Hook.PREROUTING, unowned, false));
      if (found != intercept.onProxyDown()
          && firewall.handedOver(intercept, packet, firewall.arrives(packet))) {
        report(findings, intercept, packet, found);
      }
    }
  }

  private static OnProxyDown outcome(Firewall firewall, Fate fate) {
    if (fate.dropped().isPresent()) {
      return fate.rejected() ? OnProxyDown.RESET : OnProxyDown.BLOCK;
    }
    // What is delivered here although nobody listens is refused.
    return fate.mark() == firewall.names().mark() ? OnProxyDown.RESET : OnProxyDown.BYPASS;
  }

  private static void report(
      FirewallFindings findings, Intercept intercept, Packet packet, OnProxyDown found) {
    findings.apply(
        FindingType.ON_PROXY_DOWN,
        "listener " + intercept.name(),
        "While nothing listens at %s, %s %s; the configuration says that it %s."
            .formatted(
                Words.endpoint(intercept.listener()),
                Words.traffic(packet),
                words(found),
                words(intercept.onProxyDown())),
        found == OnProxyDown.BYPASS
            ? "Whatever the proxy is there for, such as filtering, ends with it unnoticed."
            : "When the proxy ends or starts anew, clients meet something else than you chose.");
  }

  private static String words(OnProxyDown outcome) {
    return switch (outcome) {
      case BLOCK -> "is dropped (block)";
      case RESET -> "is refused (reset)";
      case BYPASS -> "passes by (bypass)";
    };
  }
}
