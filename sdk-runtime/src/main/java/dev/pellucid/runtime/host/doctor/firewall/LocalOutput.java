package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Is what this host sends intercepted where it should be, and what the proxy sends left alone? */
final class LocalOutput implements FirewallCheck.Question {

  @Override
  public void ask(Firewall firewall, FirewallFindings findings)
      throws IOException, InterruptedException {
    for (Intercept intercept : firewall.intercepts()) {
      for (Packet packet : firewall.packets().sent(intercept, 0)) {
        Packet leaving = leaving(firewall, packet);
        host(firewall, findings, intercept, leaving);
        Packet own = leaving.withMark(firewall.names().proxyMark());
        proxy(firewall, findings, intercept.name(), own);
      }
    }
    for (UpstreamPackets.Sent sent : UpstreamPackets.of(firewall)) {
      proxy(firewall, findings, sent.listener(), sent.packet());
    }
  }

  private static Packet leaving(Firewall firewall, Packet packet)
      throws IOException, InterruptedException {
    return packet.on("", firewall.routes().towards(packet.destination()).orElse(""));
  }

  private static void host(
      Firewall firewall, FirewallFindings findings, Intercept intercept, Packet packet) {
    if (!intercepted(firewall, intercept, packet)) {
      findings.apply(
          FindingType.OUTPUT_NOT_MARKED,
          "listener " + intercept.name(),
          "No rule intercepts %s, which this host itself sends.".formatted(Words.traffic(packet)),
          "The configuration says `local-output = true`, but programs of this host pass the proxy"
              + " by.");
    }
  }

  private static boolean intercepted(Firewall firewall, Intercept intercept, Packet packet) {
    Fate fate = firewall.walk().walk(Hook.OUTPUT, packet, true);
    return intercept.mode() == InterceptMode.REDIRECT
        ? fate.translated().filter(rule -> Firewall.redirects(intercept, rule)).isPresent()
        : firewall.marked(packet).test(fate.mark());
  }

  private static void proxy(
      Firewall firewall, FirewallFindings findings, String listener, Packet packet) {
    Fate fate = firewall.walk().walk(Hook.OUTPUT, packet, true);
    IntPredicate marked = firewall.marked(packet);
    Optional<RuleAt> marking =
        marked.test(fate.mark())
            ? fate.steps().stream()
                .filter(step -> marked.test(step.mark()))
                .map(Fate.Step::rule)
                .findFirst()
            : fate.translated().filter(rule -> toListener(firewall, rule));
    if (marking.isPresent()) {
      RuleAt rule = marking.get();
      findings.rule(
          FindingType.SELF_INTERCEPTION,
          rule,
          "listener " + listener,
          "%s also takes what the proxy itself sends to port %d."
              .formatted(FirewallFindings.text(rule), packet.destinationPort()),
          "The proxy's connections to upstreams come back to the proxy in place of the upstreams,"
              + " again and again, until there are no more sockets.",
          findings.removal(rule));
    }
  }

  private static boolean toListener(Firewall firewall, RuleAt rule) {
    return firewall.intercepts().stream()
        .anyMatch(intercept -> Firewall.redirects(intercept, rule));
  }
}
