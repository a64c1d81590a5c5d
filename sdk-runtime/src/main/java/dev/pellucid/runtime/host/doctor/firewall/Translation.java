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
      leaving(firewall, findings, sent);
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

  // Rules for what leaves may ask for a mark that was set on the way out.
  private static void leaving(
      Firewall firewall, FirewallFindings findings, UpstreamPackets.Sent sent) {
    Packet packet = sent.packet();
    Fate fate = firewall.walk().walk(Hook.OUTPUT, packet, true);
    if (firewall.marked(packet).test(fate.mark()) || fate.untracked()) {
      return;
    }
    // A known upstream may be a name for others, such as the address of a cluster's service.
    if (!sent.known() && !firewall.around().bySender()) {
      findings
          .foreign(fate.translated())
          .filter(
              rule -> firewall.intercepts().stream().noneMatch(i -> Firewall.redirects(i, rule)))
          .ifPresent(rule -> destination(findings, sent, rule));
    }
    firewall
        .walk()
        .walk(Hook.POSTROUTING, packet.withMark(fate.mark()), true)
        .translated()
        .ifPresent(rule -> source(findings, sent, rule));
  }

  private static void destination(
      FirewallFindings findings, UpstreamPackets.Sent sent, RuleAt rule) {
    Packet packet = sent.packet();
    findings.rule(
        FindingType.NAT,
        rule,
        "listener " + sent.listener(),
        "%s changes the destination of what the proxy sends to port %d of %s."
            .formatted(
                FirewallFindings.text(rule),
                packet.destinationPort(),
                packet.destination().getHostAddress()),
        "The proxy passes on what clients send to where they wanted to go, but it comes elsewhere.",
        sent.exemption(rule, Hook.OUTPUT));
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
