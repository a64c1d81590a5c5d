package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Packet;
import java.util.List;

/**
 * Does anybody else mark packets as ours are marked? Only rules that match what many programs send
 * can be found so, for nothing tells what others match.
 */
final class OthersTraffic implements FirewallCheck.Question {
  private static final List<Integer> COMMON_PORTS = List.of(22, 53, 80, 123, 443, 51820);

  @Override
  public void ask(Firewall firewall, FirewallFindings findings) {
    for (IpFamily family : IpFamily.values()) {
      for (Transport transport : Transport.values()) {
        for (int port : COMMON_PORTS) {
          for (Packet packet : firewall.packets().passing(family, transport, port)) {
            look(firewall, findings, packet);
          }
        }
      }
    }
  }

  private static void look(Firewall firewall, FirewallFindings findings, Packet packet) {
    int mark = firewall.names().mark();
    Fate fate = firewall.arrives(packet);
    if (fate.dropped().isPresent() || fate.mark() != mark) {
      return;
    }
    fate.steps().stream()
        .filter(step -> step.mark() == mark)
        .map(Fate.Step::rule)
        .findFirst()
        .filter(rule -> !findings.ours(rule))
        .ifPresent(
            rule ->
                findings.rule(
                    FindingType.NAME_TAKEN,
                    rule,
                    "mark " + FirewallFindings.mark(mark),
                    "%s gives the mark %s to %s, which no listener intercepts."
                        .formatted(
                            FirewallFindings.text(rule),
                            FirewallFindings.mark(mark),
                            Words.traffic(packet)),
                    "The route of that mark delivers it to this host: it does not come where it is"
                        + " going.",
                    rule.deletion()));
  }
}
