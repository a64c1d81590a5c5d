package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import dev.pellucid.runtime.host.state.Interface;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;

/** Does the firewall let in what is delivered to the proxy? */
final class Delivery implements FirewallCheck.Question {
  private static final String CLIENTS =
      "It stands behind the rules that hand traffic over: clients get no connection.";
  private static final String UPSTREAMS =
      "The proxy cannot talk to its upstreams in its clients' names.";

  @Override
  public void ask(Firewall firewall, FirewallFindings findings)
      throws IOException, InterruptedException {
    for (Intercept intercept : firewall.intercepts()) {
      for (Packet packet : firewall.packets().arriving(intercept)) {
        arriving(firewall, findings, intercept, packet);
      }
    }
    for (UpstreamPackets.Sent sent : UpstreamPackets.of(firewall)) {
      Packet reply = PaperPackets.reply(sent.packet(), sent.packet().outInterface());
      reply(firewall, findings, sent.listener(), reply.answering());
      reply(firewall, findings, sent.listener(), reply);
    }
  }

  private static void arriving(
      Firewall firewall, FirewallFindings findings, Intercept intercept, Packet packet) {
    Fate fate = firewall.arrives(packet);
    if (firewall.handedOver(intercept, packet, fate)) {
      client(firewall, findings, intercept, packet, fate);
    } else if (firewall.droppedMarked(packet, fate)) {
      beforehand(findings, fate, "listener " + intercept.name(), packet, CLIENTS);
    }
  }

  // A check of the reverse path, for example, which looks the way back up by the mark and finds the
  // route that delivers everything here.
  private static void beforehand(
      FirewallFindings findings, Fate fate, String subject, Packet packet, String why) {
    RuleAt rule = fate.dropped().orElseThrow();
    String cure = Exemption.ofMark(fate.mark()).before(rule, Hook.PREROUTING);
    report(findings, rule, subject, Words.traffic(packet), why, cure);
  }

  private static void client(
      Firewall firewall, FirewallFindings findings, Intercept intercept, Packet packet, Fate fate) {
    int mark = fate.mark();
    Packet delivered =
        packet
            .owned(true, Owner.TRANSPARENT_LISTENER)
            .withMark(mark)
            .withUntracked(fate.untracked());
    Exemption exemption = Exemption.ofMark(packet.inInterface(), mark);
    if (intercept.mode() == InterceptMode.REDIRECT) {
      delivered = redirected(firewall, intercept, delivered);
      exemption = Exemption.ofPort(packet.inInterface(), delivered);
    }
    Optional<RuleAt> dropping = firewall.walk().walk(Hook.INPUT, delivered, true).dropped();
    if (dropping.isPresent()) {
      report(
          findings,
          dropping.get(),
          "listener " + intercept.name(),
          Words.traffic(packet),
          "Intercepted traffic is delivered to this host, and so meets the rules for what this host"
              + " offers itself: clients get no connection.",
          exemption.before(dropping.get(), Hook.INPUT));
    }
  }

  // A redirect goes to the listener's address, or to one of the interface.
  static Packet redirected(Firewall firewall, Intercept intercept, Packet packet) {
    InetAddress listener = intercept.listener().getAddress();
    InetAddress to =
        listener.isAnyLocalAddress()
            ? firewall.interfaces().named(packet.inInterface()).stream()
                .flatMap(in -> in.routable(IpFamily.of(listener)).stream())
                .map(Interface.Address::address)
                .findFirst()
                .orElse(listener)
            : listener;
    return packet.to(to, intercept.listener().getPort()).owned(true, Owner.LISTENER);
  }

  private static void reply(
      Firewall firewall, FirewallFindings findings, String listener, Packet reply) {
    Fate fate = firewall.arrives(reply);
    int mark = fate.mark();
    if (firewall.droppedMarked(reply, fate)) {
      beforehand(findings, fate, "listener " + listener, reply, UPSTREAMS);
    }
    if (fate.dropped().isPresent() || !firewall.marked(reply).test(mark)) {
      return;
    }
    Optional<RuleAt> dropping =
        firewall
            .walk()
            .walk(Hook.INPUT, reply.withMark(mark).withUntracked(fate.untracked()), true)
            .dropped();
    if (dropping.isPresent()) {
      report(
          findings,
          dropping.get(),
          "listener " + listener,
          "what upstreams reply, arriving on " + reply.inInterface(),
          UPSTREAMS,
          Exemption.ofMark(reply.inInterface(), mark).before(dropping.get(), Hook.INPUT));
    }
  }

  private static void report(
      FirewallFindings findings,
      RuleAt rule,
      String subject,
      String traffic,
      String why,
      String cure) {
    findings.rule(
        FindingType.INPUT_DROPPED,
        rule,
        subject,
        "%s drops %s.".formatted(FirewallFindings.text(rule), traffic),
        why,
        cure);
  }
}
