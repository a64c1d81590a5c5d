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

/** Does connection tracking leave the addresses of the proxy's traffic as they are? */
final class Translation implements FirewallCheck.Question {

  @Override
  public void ask(Firewall firewall, FirewallFindings findings)
      throws IOException, InterruptedException {
    for (Intercept intercept : firewall.intercepts()) {
      for (Packet packet : firewall.packets().first(intercept)) {
        Optional<RuleAt> rule =
            findings
                .foreign(firewall.arrives(packet).translated())
                .filter(other -> !Firewall.redirects(intercept, other))
                // Our own redirect gone wrong, see NewTraffic.
                .filter(
                    other ->
                        intercept.mode() != InterceptMode.REDIRECT
                            || !firewall.redirectsHere(other));
        rule.ifPresent(other -> destination(findings, intercept, packet, other));
      }
    }
    for (UpstreamPackets.Sent sent : UpstreamPackets.of(firewall)) {
      leaving(firewall, sent.packet()).ifPresent(rule -> source(findings, sent, rule));
    }
  }

  private static void destination(
      FirewallFindings findings, Intercept intercept, Packet packet, RuleAt rule) {
    findings.rule(
        FindingType.NAT,
        rule,
        "listener " + intercept.name(),
        "%s changes the destination of %s."
            .formatted(FirewallFindings.text(rule), Words.traffic(packet)),
        "It is no longer where the client wanted to go: the proxy would take the new destination"
            + " for the client's, or see nothing at all.",
        // An exemption ahead of it would keep our own redirect from its traffic too.
        intercept.mode() == InterceptMode.REDIRECT
            ? rule.deletion()
            : Exemption.ofMark(findings.names().mark()).before(rule, Hook.PREROUTING));
  }

  // Rules that leave may ask for a mark that was set on the way out.
  private static Optional<RuleAt> leaving(Firewall firewall, Packet packet) {
    Fate sent = firewall.walk().walk(Hook.OUTPUT, packet, true);
    return sent.mark() == firewall.names().mark()
        ? Optional.empty()
        : firewall.walk().walk(Hook.POSTROUTING, packet.withMark(sent.mark()), true).translated();
  }

  private static void source(FirewallFindings findings, UpstreamPackets.Sent sent, RuleAt rule) {
    Packet packet = sent.packet();
    findings.rule(
        FindingType.NAT,
        rule,
        "listener " + sent.listener(),
        "%s gives what the proxy sends from %s to port %d of %s another source address."
            .formatted(
                FirewallFindings.text(rule),
                packet.source().getHostAddress(),
                packet.destinationPort(),
                packet.destination().getHostAddress()),
        "Upstreams see this host in place of their clients. If they have to, because they know no"
            + " way back to the clients, configure `upstream.source = proxy` instead.",
        sent.exemption(rule, Hook.POSTROUTING));
  }
}
