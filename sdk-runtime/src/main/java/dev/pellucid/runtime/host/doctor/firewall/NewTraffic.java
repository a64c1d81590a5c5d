package dev.pellucid.runtime.host.doctor.firewall;

import static java.util.stream.Collectors.toSet;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Does what clients send first come to the listener, with the mark that delivers it here? */
final class NewTraffic implements FirewallCheck.Question {
  private static final String MISSED =
      "What clients send does not come to the proxy: it passes by, or is lost.";

  @Override
  public void ask(Firewall firewall, FirewallFindings findings) {
    for (Intercept intercept : firewall.intercepts()) {
      Stream<Packet> packets =
          Stream.of(firewall.packets().first(intercept), looped(firewall, intercept))
              .flatMap(List::stream);
      packets.forEach(packet -> look(firewall, findings, intercept, packet));
    }
  }

  // What is redirected has left its way before it could come back.
  private static List<Packet> looped(Firewall firewall, Intercept intercept) {
    return intercept.mode() == InterceptMode.REDIRECT
        ? List.of()
        : firewall.packets().looped(intercept);
  }

  private static void look(
      Firewall firewall, FirewallFindings findings, Intercept intercept, Packet packet) {
    Fate fate = firewall.arrives(packet);
    // What is dropped with the mark was handed over: that is a question of delivery.
    if (firewall.handedOver(intercept, packet, fate) || firewall.droppedMarked(packet, fate)) {
      return;
    }
    new Failure(firewall, findings, intercept, packet, fate).report();
  }

  /** A packet that did not come where it should. */
  private record Failure(
      Firewall firewall, FirewallFindings findings, Intercept intercept, Packet packet, Fate fate) {

    void report() {
      Set<RuleAt> takers =
          fate.dropped().isPresent()
              ? findings.foreign(fate.dropped()).stream().collect(toSet())
              : firewall.takers(packet, other -> !missed(other));
      Optional<Fate.Listener> unheard = fate.unheard().filter(this::inTheWay);
      boolean byAnother =
          takers.stream()
              .anyMatch(rule -> unheard.stream().noneMatch(at -> at.rule().equals(rule)));
      if (unheard.isPresent() && !byAnother) {
        wrong(unheard.get());
      } else if (!takers.isEmpty()) {
        takers.forEach(this::shadowed);
      } else if (fate.dropped().isPresent() || missed(fate)) {
        missing("No rule hands %s to %s.".formatted(traffic(), where()));
      } else if (intercept.mode() == InterceptMode.REDIRECT) {
        redirected(fate.translated().orElseThrow());
      } else if (!rightListener()) {
        wrong(fate.listener().orElseThrow());
      } else {
        mark();
      }
    }

    // One of nft lets packets go to the next rule: a stranger's need not be meant for them.
    private boolean inTheWay(Fate.Listener at) {
      return fate.dropped().filter(at.rule()::equals).isPresent()
          || (findings.ours(at.rule()) && fate.listener().isEmpty());
    }

    private boolean missed(Fate other) {
      return switch (intercept.mode()) {
        case REDIRECT -> other.translated().isEmpty();
        case FOREIGN -> !Marks.given(firewall.marked(packet), other);
        default -> other.listener().isEmpty();
      };
    }

    private boolean rightListener() {
      return intercept.mode() == InterceptMode.FOREIGN
          || firewall.right(intercept, packet, fate.listener().orElseThrow());
    }

    private void missing(String what) {
      findings.apply(FindingType.TPROXY_MISSING, subject(), what, MISSED);
    }

    private void shadowed(RuleAt rule) {
      findings.rule(
          FindingType.TPROXY_SHADOWED,
          rule,
          subject(),
          "%s takes %s before a rule can hand it to %s."
              .formatted(FirewallFindings.text(rule), traffic(), where()),
          "What that rule matches never comes to the proxy: it passes by, or is lost.",
          findings.removal(rule));
    }

    private void wrong(Fate.Listener at) {
      String to =
          at.address().map(address -> address.getHostAddress() + ":").orElse("port ") + at.port();
      wrong(at.rule(), to);
    }

    // Others' translations to elsewhere are a question of their own.
    private void redirected(RuleAt rule) {
      if (findings.ours(rule) || firewall.redirectsHere(rule)) {
        wrong(rule, "another port");
      }
    }

    private void wrong(RuleAt rule, String to) {
      findings.rule(
          FindingType.TPROXY_WRONG_PORT,
          rule,
          subject(),
          "%s hands %s to %s, not to %s."
              .formatted(FirewallFindings.text(rule), traffic(), to, where()),
          "The listener does not see what is meant for it.",
          findings.replacement(rule));
    }

    private void mark() {
      Optional<RuleAt> overwriting = Marks.overwriting(firewall.marked(packet), fate);
      if (overwriting.isPresent()) {
        Marks.report(
            findings, firewall.marked(packet), overwriting.get(), fate, subject(), traffic());
      } else {
        otherMark();
      }
    }

    private void otherMark() {
      String marks =
          "with the mark %s, not %s"
              .formatted(
                  FirewallFindings.mark(fate.mark()),
                  FirewallFindings.mark(firewall.names().mark()));
      Optional<RuleAt> rule = findings.foreign(fate.listener().map(Fate.Listener::rule));
      if (rule.isPresent()) {
        // Beside ours, it would change the mark that ours give.
        findings.rule(
            FindingType.TPROXY_MISSING,
            rule.get(),
            subject(),
            "%s hands %s to %s %s."
                .formatted(FirewallFindings.text(rule.get()), traffic(), where(), marks),
            MISSED,
            findings.replacement(rule.get()));
      } else {
        missing("%s is handed to %s %s.".formatted(traffic(), where(), marks));
      }
    }

    private String subject() {
      return "listener " + intercept.name();
    }

    private String where() {
      return "the listener at " + Words.endpoint(intercept.listener());
    }

    private String traffic() {
      return Words.traffic(packet);
    }
  }
}
