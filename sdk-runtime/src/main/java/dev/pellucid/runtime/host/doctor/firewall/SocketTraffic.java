package dev.pellucid.runtime.host.doctor.firewall;

import static java.util.stream.Collectors.toSet;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/** Do transparent sockets get what is theirs, and no more than that? */
final class SocketTraffic implements FirewallCheck.Question {

  @Override
  public void ask(Firewall firewall, FirewallFindings findings) {
    for (Divert divert : firewall.wanted().rules().diverts()) {
      if (needed(firewall, divert)) {
        replies(firewall, findings, divert);
      }
    }
    for (Intercept intercept : firewall.intercepts()) {
      // A foreign listener's own address leads back to it from any socket.
      if (intercept.mode() == InterceptMode.TPROXY) {
        clients(firewall, findings, intercept);
      }
    }
  }

  // TPROXY itself brings a client's connection to its socket: this is about upstreams.
  private static boolean needed(Firewall firewall, Divert divert) {
    List<ListenerRequirements> listeners = firewall.wanted().listeners();
    return listeners.isEmpty()
        || listeners.stream()
            .anyMatch(listener -> listener.spoofs() && listener.transport() == divert.transport());
  }

  private static void replies(Firewall firewall, FirewallFindings findings, Divert divert) {
    List<Packet> lost = new ArrayList<>();
    List<Packet> replies = firewall.packets().replies(divert.family(), divert.transport());
    for (Packet reply : replies) {
      Fate fate = firewall.arrives(reply);
      if (!firewall.marked(reply).test(fate.mark())) {
        lost.add(reply);
      }
    }
    if (lost.isEmpty()) {
      return;
    }
    String subject = Words.family(divert.family()) + " " + divert.transport();
    Fate fate = firewall.arrives(lost.get(0));
    IntPredicate marked = firewall.marked(lost.get(0));
    Set<RuleAt> takers =
        fate.dropped().isPresent()
            ? findings.foreign(fate.dropped()).stream().collect(toSet())
            : firewall.takers(lost.get(0), other -> Marks.given(marked, other));
    Optional<RuleAt> overwriting = Marks.overwriting(marked, fate);
    Optional<RuleAt> meant = meant(firewall, findings, lost.get(0), fate);
    if (overwriting.isPresent()) {
      Marks.report(findings, marked, overwriting.get(), fate, subject, "what upstreams reply");
    } else if (!takers.isEmpty()) {
      takers.forEach(rule -> taken(findings, rule, subject));
    } else if (meant.isPresent()) {
      wrong(findings, meant.get(), subject);
    } else if (lost.size() == replies.size()) {
      missing(findings, subject);
    } else {
      interfaces(findings, subject, lost);
    }
  }

  private static void taken(FirewallFindings findings, RuleAt rule, String subject) {
    findings.rule(
        FindingType.DIVERT_MISSING,
        rule,
        subject,
        "%s takes what upstreams reply before a rule can bring it to the proxy's sockets."
            .formatted(FirewallFindings.text(rule)),
        WHY,
        findings.removal(rule));
  }

  /**
   * The rule that takes what sockets own, which is meant to mark it: what does the same to packets
   * without a socket has other purposes.
   */
  private static Optional<RuleAt> meant(
      Firewall firewall, FirewallFindings findings, Packet reply, Fate fate) {
    List<RuleAt> anyway =
        firewall.arrives(reply.owned(false, Owner.NONE)).steps().stream()
            .map(Fate.Step::rule)
            .toList();
    return fate.steps().stream()
        .filter(step -> !anyway.contains(step.rule()))
        .map(SocketTraffic::matching)
        .filter(rule -> !findings.ours(rule))
        .reduce((earlier, later) -> later);
  }

  /** The rule that matches sockets: the step's own, or the call of its chain. */
  private static RuleAt matching(Fate.Step step) {
    return step.caller().filter(call -> call.text().contains("socket")).orElse(step.rule());
  }

  private static void wrong(FirewallFindings findings, RuleAt rule, String subject) {
    findings.rule(
        FindingType.DIVERT_MISSING,
        rule,
        subject,
        "%s takes what upstreams reply by %s to the proxy's transparent sockets, but does not give"
                .formatted(FirewallFindings.text(rule), subject)
            + " it the mark %s.".formatted(FirewallFindings.mark(findings.names().mark())),
        WHY,
        findings.replacement(rule));
  }

  private static final String WHY =
      "Upstreams reply to their clients' addresses. Without such a rule, this host passes the"
          + " replies on to the clients, who know nothing of them, and the proxy waits in vain.";

  private static void missing(FirewallFindings findings, String subject) {
    findings.apply(
        FindingType.DIVERT_MISSING,
        subject,
        "No rule brings what upstreams reply by %s to the proxy's transparent sockets."
            .formatted(subject),
        WHY);
  }

  private static void interfaces(FirewallFindings findings, String subject, List<Packet> lost) {
    String names = String.join(", ", lost.stream().map(Packet::inInterface).toList());
    findings.apply(
        FindingType.DIVERT_INTERFACE,
        subject,
        "What upstreams reply by %s is brought to the proxy's sockets, but not from %s."
            .formatted(subject, names),
        WHY);
  }

  private static void clients(Firewall firewall, FirewallFindings findings, Intercept intercept) {
    for (Packet packet : firewall.packets().first(intercept)) {
      Packet owned = packet.owned(intercept.transport() == Transport.TCP, Owner.TRANSPARENT_SOCKET);
      Fate fate = firewall.arrives(owned);
      if (firewall.handedOver(intercept, packet, firewall.arrives(packet))
          && !firewall.handedOver(intercept, owned, fate)
          && firewall.marked(packet).test(fate.mark())) {
        swallowed(findings, intercept, fate, firewall.marked(packet));
        return;
      }
    }
  }

  private static void swallowed(
      FirewallFindings findings, Intercept intercept, Fate fate, IntPredicate marked) {
    Fate.Step marking =
        fate.steps().stream().filter(step -> marked.test(step.mark())).findFirst().orElseThrow();
    switch (intercept.transport()) {
      case TCP -> syn(findings, intercept, marking.rule());
      // The chain may serve TCP too: what has to move is what calls it.
      case UDP -> datagram(findings, intercept, matching(marking));
    }
  }

  private static void syn(FirewallFindings findings, Intercept intercept, RuleAt rule) {
    findings.rule(
        FindingType.DIVERT_SYN,
        rule,
        "listener " + intercept.name(),
        "%s also takes new connections to a socket in TIME_WAIT, the last minute of a connection"
                .formatted(FirewallFindings.text(rule))
            + " that has ended.",
        "A client that uses a port again within that minute reaches the listener only when it tries"
            + " a second time. With many short connections, most of the possible rate is lost.",
        synCure(findings, rule));
  }

  // A chain that a rule for sockets calls can return at once. A built-in one would skip the rest.
  private static String synCure(FirewallFindings findings, RuleAt rule) {
    if (findings.ours(rule)) {
      return findings.applyCommand();
    }
    return rule.program().equals("nft") || rule.chain().equals("PREROUTING")
        ? findings.replacement(rule)
        : "%s -w -t %s -I %s -p tcp --syn -j RETURN"
            .formatted(rule.program(), rule.table(), rule.chain());
  }

  private static void datagram(FirewallFindings findings, Intercept intercept, RuleAt rule) {
    findings.rule(
        FindingType.DIVERT_UDP_FIRST,
        rule,
        "listener " + intercept.name(),
        "%s comes ahead of the rule that hands UDP to the listener."
            .formatted(FirewallFindings.text(rule)),
        "A socket that answers in the name of a destination would get the client's next datagrams"
            + " in place of the listener, unless it is connected elsewhere, as this proxy's own"
            + " are.",
        findings.replacement(rule));
  }
}
