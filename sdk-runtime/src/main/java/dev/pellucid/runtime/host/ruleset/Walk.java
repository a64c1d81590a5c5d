package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.ruleset.Fate.Action;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/** One packet's way through the chains at a hook. */
final class Walk {
  private static final int CONNECTION_TRACKING = -200;

  private final Hook hook;
  private final BiPredicate<Packet, Fate.Listener> listening;
  private final Set<RuleAt> ignored;
  private final List<Fate.Step> steps = new ArrayList<>();
  private final Deque<RuleAt> callers = new ArrayDeque<>();
  private Packet packet;
  private int priority;
  private boolean perhapsAccepted;
  private Optional<RuleAt> dropped = Optional.empty();
  private boolean rejected;
  private Optional<Fate.Listener> listener = Optional.empty();
  private Optional<Fate.Listener> unheard = Optional.empty();
  private Optional<RuleAt> translated = Optional.empty();

  Walk(
      Hook hook, Packet packet, BiPredicate<Packet, Fate.Listener> listening, Set<RuleAt> ignored) {
    this.hook = hook;
    this.packet = packet;
    this.listening = listening;
    this.ignored = ignored;
  }

  /** Whether the chains at hand still see the packet. */
  boolean goesOn(boolean nat) {
    return dropped.isEmpty()
        && (!nat || (packet.first() && !packet.untracked() && translated.isEmpty()));
  }

  Fate fate() {
    return new Fate(
        dropped, rejected, packet.mark(), listener, unheard, translated, List.copyOf(steps));
  }

  /** Passes a base chain. */
  void pass(Table table, Chain.Base base, Chain chain) {
    priority = base.priority();
    perhapsAccepted = false;
    Verdict verdict = through(table, chain);
    if (verdict.kind() == Verdict.Kind.RETURN && !perhapsAccepted) {
      base.dropping().ifPresent(policy -> drop(Verdict.DROP, policy));
    }
  }

  /** The chain's verdict: ACCEPT, DROP and REJECT end the base chain, RETURN only this one. */
  private Verdict through(Table table, Chain chain) {
    for (Chain.Rule rule : chain.rules()) {
      Verdict verdict = evaluate(table, rule);
      switch (verdict.kind()) {
        case BREAK, CONTINUE -> {}
        case JUMP -> {
          Verdict called = called(table, verdict, rule.at());
          if (called.kind() != Verdict.Kind.RETURN) {
            return called;
          }
        }
        case GOTO -> {
          return called(table, verdict, rule.at());
        }
        case RETURN -> {
          step(Action.RETURN, rule.at());
          return verdict;
        }
        case ACCEPT -> {
          step(Action.ACCEPT, rule.at());
          return verdict;
        }
        case DROP, REJECT -> {
          if (perhapsAccepted) {
            return Verdict.ACCEPT;
          }
          drop(verdict, rule.at());
          return verdict;
        }
      }
    }
    return Verdict.RETURN;
  }

  // The kernel refuses chains that call themselves: this comes to an end.
  private Verdict called(Table table, Verdict verdict, RuleAt caller) {
    Chain chain = table.chains().get(verdict.chain());
    callers.push(caller);
    Verdict called = chain == null ? Verdict.RETURN : through(table, chain);
    callers.pop();
    return called;
  }

  private Verdict evaluate(Table table, Chain.Rule rule) {
    if (ignored.contains(rule.at())) {
      return Verdict.BREAK;
    }
    for (Statement statement : rule.statements()) {
      if (statement instanceof Statement.Unknown || statement instanceof Statement.Unseen) {
        // Rules ahead of routing that drop are those of TPROXY, without a listener.
        perhapsAccepted |= hook != Hook.PREROUTING && mayAccept(table, rule);
        return Verdict.BREAK;
      }
      Verdict verdict = evaluate(statement, rule.at());
      if (verdict.kind() != Verdict.Kind.CONTINUE) {
        return verdict;
      }
    }
    return Verdict.BREAK;
  }

  /** Whether a rule accepts the packet if all holds that is not known of it. */
  private boolean mayAccept(Table table, Chain.Rule rule) {
    for (Statement statement : rule.statements()) {
      if (statement instanceof Statement.Test test && !test.match().matches(packet)) {
        return false;
      }
      if (statement instanceof Statement.Unseen) {
        return true;
      }
      if (statement instanceof Statement.Decide decide) {
        Verdict verdict = decide.verdict().apply(packet);
        return verdict.kind() == Verdict.Kind.ACCEPT || mayAccept(table, verdict);
      }
    }
    return false;
  }

  /** Whether a rule of the chain that a verdict leads to, if to any, may accept the packet. */
  private boolean mayAccept(Table table, Verdict verdict) {
    Chain chain = table.chains().get(verdict.chain());
    return chain != null && chain.rules().stream().anyMatch(rule -> mayAccept(table, rule));
  }

  private Verdict evaluate(Statement statement, RuleAt at) {
    if (statement instanceof Statement.Test test) {
      return test.match().matches(packet) ? Verdict.CONTINUE : Verdict.BREAK;
    }
    if (statement instanceof Statement.SetMark set) {
      return set.mark().apply(packet).map(mark -> mark(mark, at)).orElse(Verdict.BREAK);
    }
    if (statement instanceof Statement.Tproxy tproxy) {
      return tproxy
          .port()
          .apply(packet)
          .map(port -> handOver(tproxy, port, at))
          .orElse(Verdict.BREAK);
    }
    if (statement instanceof Statement.Untrack) {
      return untrack(at);
    }
    if (statement instanceof Statement.Decide decide) {
      return decide.verdict().apply(packet);
    }
    translated = Optional.of(at);
    step(Action.TRANSLATE, at);
    return Verdict.ACCEPT;
  }

  private Verdict mark(int mark, RuleAt at) {
    packet = packet.withMark(mark);
    step(Action.MARK, at);
    return Verdict.CONTINUE;
  }

  private Verdict untrack(RuleAt at) {
    if (priority < CONNECTION_TRACKING) {
      packet = packet.withUntracked(true);
      step(Action.UNTRACK, at);
    }
    return Verdict.CONTINUE;
  }

  // A TCP connection's own socket goes before a listener, and is found without one.
  private Verdict handOver(Statement.Tproxy tproxy, int port, RuleAt at) {
    if (!tproxy.family().isEmpty() && !tproxy.family().equals(packet.family())) {
      return Verdict.BREAK;
    }
    boolean own =
        packet.protocol() == Packet.Protocol.TCP
            && !packet.first()
            && packet.owner() == Owner.TRANSPARENT_SOCKET;
    Fate.Listener asked = new Fate.Listener(tproxy.address(), port, at);
    if (!own && !listening.test(packet, asked)) {
      unheard = Optional.of(asked);
      return tproxy.otherwise();
    }
    if (!own) {
      listener = Optional.of(asked);
      packet = packet.withOwner(Owner.TRANSPARENT_LISTENER);
    }
    step(Action.TPROXY, at);
    return Verdict.CONTINUE;
  }

  private void drop(Verdict verdict, RuleAt at) {
    dropped = Optional.of(at);
    rejected = verdict.kind() == Verdict.Kind.REJECT;
    step(rejected ? Action.REJECT : Action.DROP, at);
  }

  private void step(Action action, RuleAt at) {
    steps.add(new Fate.Step(action, at, packet.mark(), Optional.ofNullable(callers.peek())));
  }
}
