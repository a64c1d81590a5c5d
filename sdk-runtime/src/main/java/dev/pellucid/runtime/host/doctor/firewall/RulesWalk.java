package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import dev.pellucid.runtime.host.ruleset.Ruleset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks through rules as they are. Questions ask for the same packets as others do. */
final class RulesWalk implements Firewall.Walk {
  private final Ruleset ruleset;
  private final HandOver handOver;
  private final Set<RuleAt> ignored;
  private final Map<List<Object>, Fate> known = new HashMap<>();

  /**
   * @param handOver whether TPROXY finds a listener
   * @param ignored rules that are taken not to be there
   */
  RulesWalk(Ruleset ruleset, HandOver handOver, Set<RuleAt> ignored) {
    this.ruleset = ruleset;
    this.handOver = handOver;
    this.ignored = Set.copyOf(ignored);
  }

  @Override
  public Fate walk(Hook hook, Packet packet, boolean running) {
    return known.computeIfAbsent(
        List.of(hook, packet, running),
        key ->
            ruleset.walk(hook, packet, (first, at) -> handOver.finds(first, at, running), ignored));
  }

  @Override
  public RulesWalk without(Set<RuleAt> rules) {
    return new RulesWalk(ruleset, handOver, rules);
  }
}
