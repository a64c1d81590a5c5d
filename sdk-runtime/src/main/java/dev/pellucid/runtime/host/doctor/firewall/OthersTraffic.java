package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Does anybody else mark packets as ours are marked? Only rules that match what many programs send,
 * or that name ports, can be found so, for nothing tells what others match.
 */
final class OthersTraffic implements FirewallCheck.Question {
  private static final List<Integer> COMMON_PORTS = List.of(22, 53, 80, 123, 443, 51820);

  @Override
  public void ask(Firewall firewall, FirewallFindings findings)
      throws IOException, InterruptedException {
    Set<Integer> ports = new LinkedHashSet<>(COMMON_PORTS);
    ports.addAll(firewall.endpoints().namedPorts());
    for (IpFamily family : IpFamily.values()) {
      for (Transport transport : Transport.values()) {
        for (int port : ports) {
          for (Packet packet : firewall.packets().passing(family, transport, port)) {
            look(firewall, findings, packet, firewall.arrives(packet));
          }
          sent(firewall, findings, firewall.packets().own(family, transport, port));
        }
      }
    }
  }

  // Where an intercept takes what this host sends, a mark may be what it should have.
  private static void sent(Firewall firewall, FirewallFindings findings, Optional<Packet> own)
      throws IOException, InterruptedException {
    if (own.isEmpty() || firewall.intercepts().stream().anyMatch(Intercept::localOutput)) {
      return;
    }
    InetAddress to = own.get().destination();
    Packet packet = own.get().on("", firewall.routes().towards(to).orElse(""));
    look(firewall, findings, packet, firewall.walk().walk(Hook.OUTPUT, packet, true));
  }

  private static void look(Firewall firewall, FirewallFindings findings, Packet packet, Fate fate) {
    IntPredicate marked = firewall.marked(packet);
    if (fate.dropped().isPresent() || !marked.test(fate.mark())) {
      return;
    }
    fate.steps().stream()
        .filter(step -> marked.test(step.mark()))
        .map(Fate.Step::rule)
        .findFirst()
        .filter(rule -> !findings.ours(rule) && !findings.reported(rule))
        .ifPresent(
            rule ->
                findings.rule(
                    FindingType.NAME_TAKEN,
                    rule,
                    "mark " + FirewallFindings.mark(firewall.names().mark()),
                    "%s gives the mark %s to %s, which no listener intercepts."
                        .formatted(
                            FirewallFindings.text(rule),
                            FirewallFindings.mark(fate.mark()),
                            Words.traffic(packet)),
                    "The route of that mark delivers it to this host: it does not come where it is"
                        + " going.",
                    cure(firewall, findings, rule)));
  }

  // A rule that takes too much may be the one that hands over what the listeners are there for.
  private static String cure(Firewall firewall, FirewallFindings findings, RuleAt rule) {
    boolean serves =
        firewall.intercepts().stream()
            .flatMap(intercept -> firewall.packets().arriving(intercept).stream())
            .flatMap(packet -> firewall.arrives(packet).steps().stream())
            .anyMatch(step -> step.rule().equals(rule));
    return serves ? findings.replacement(rule) : rule.deletion();
  }
}
