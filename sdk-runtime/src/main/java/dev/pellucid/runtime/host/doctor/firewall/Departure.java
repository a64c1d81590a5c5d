package dev.pellucid.runtime.host.doctor.firewall;

import static java.util.stream.Collectors.joining;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Does the firewall let out what the proxy sends? */
final class Departure implements FirewallCheck.Question {
  private static final String CLIENTS =
      "Clients get no connection: what answers them in the name of their destination is sent by this"
          + " host, and so meets the rules for what it sends itself.";
  private static final String UPSTREAMS =
      "The proxy gets no connection to its upstreams: it hangs, or is refused by its own host.";

  /** What drops a packet, and where. */
  private record Drop(RuleAt rule, Hook hook) {}

  @Override
  public void ask(Firewall firewall, FirewallFindings findings)
      throws IOException, InterruptedException {
    if (firewall.around().bySender()) {
      return;
    }
    for (UpstreamPackets.Sent sent : UpstreamPackets.of(firewall)) {
      drop(firewall, sent.packet())
          .ifPresent(
              drop ->
                  report(
                      findings,
                      drop,
                      sent.listener(),
                      sent.packet(),
                      UPSTREAMS,
                      sent.exemption(drop.rule(), drop.hook())));
    }
    for (Intercept intercept : firewall.intercepts()) {
      for (Packet packet : firewall.packets().arriving(intercept)) {
        // What does not come in is not answered.
        if (firewall.handedOver(intercept, packet, firewall.arrives(packet))) {
          answer(firewall, findings, intercept, packet);
        }
      }
    }
  }

  // As connection tracking changes a redirect's answers only later, they come from the listener.
  private static void answer(
      Firewall firewall, FirewallFindings findings, Intercept intercept, Packet packet) {
    boolean redirected = intercept.mode() == InterceptMode.REDIRECT;
    Packet asked = redirected ? Delivery.redirected(firewall, intercept, packet) : packet;
    Packet answer = PaperPackets.reply(asked, "").answering();
    Packet leaving =
        answer
            .on("", packet.inInterface())
            .withOwner(redirected ? Owner.NONE : Owner.TRANSPARENT_SOCKET)
            .withMark(firewall.senderMark());
    List<PortRange> ports =
        redirected ? List.of(PortRange.of(intercept.listener().getPort())) : intercept.ports();
    drop(firewall, leaving)
        .ifPresent(
            drop ->
                report(
                    findings,
                    drop,
                    intercept.name(),
                    leaving,
                    CLIENTS,
                    ports.stream()
                        .map(
                            range ->
                                Exemption.ofSourcePortsLeavingBy(
                                    leaving.outInterface(), leaving, range))
                        .map(exemption -> exemption.before(drop.rule(), drop.hook()))
                        .collect(joining("\n"))));
  }

  private static Optional<Drop> drop(Firewall firewall, Packet packet) {
    Fate sent = firewall.walk().walk(Hook.OUTPUT, packet, true);
    if (sent.dropped().isPresent()) {
      return sent.dropped().map(rule -> new Drop(rule, Hook.OUTPUT));
    }
    // It does not leave, or not for where it was meant to go: these are other questions.
    if (firewall.marked(packet).test(sent.mark()) || sent.translated().isPresent()) {
      return Optional.empty();
    }
    return firewall
        .walk()
        .walk(Hook.POSTROUTING, packet.withMark(sent.mark()).withUntracked(sent.untracked()), true)
        .dropped()
        .map(rule -> new Drop(rule, Hook.POSTROUTING));
  }

  private static void report(
      FirewallFindings findings,
      Drop drop,
      String listener,
      Packet packet,
      String why,
      String cure) {
    findings.rule(
        FindingType.OUTPUT_DROPPED,
        drop.rule(),
        "listener " + listener,
        "%s drops what the proxy sends from port %d of %s to port %d of %s, leaving by %s."
            .formatted(
                FirewallFindings.text(drop.rule()),
                packet.sourcePort(),
                packet.source().getHostAddress(),
                packet.destinationPort(),
                packet.destination().getHostAddress(),
                packet.outInterface()),
        why,
        cure);
  }
}
