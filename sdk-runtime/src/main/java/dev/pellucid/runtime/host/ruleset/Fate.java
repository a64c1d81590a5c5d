package dev.pellucid.runtime.host.ruleset;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What became of a packet at a hook, after all base chains there.
 *
 * @param dropped the rule, or the policy, that dropped or rejected it, if one did
 * @param rejected whether it was rejected, which tells its sender
 * @param mark its mark in the end
 * @param listener where TPROXY handed it over, if it did: the last one counts
 * @param unheard where TPROXY would have handed it over last, had anything listened there
 * @param translated the rule that would have connection tracking translate its addresses, if any
 * @param steps the rules that did something to it, in order: verdicts, marks, TPROXY, translations,
 *     and what keeps it from them
 */
public record Fate(
    Optional<RuleAt> dropped,
    boolean rejected,
    int mark,
    Optional<Listener> listener,
    Optional<Listener> unheard,
    Optional<RuleAt> translated,
    List<Step> steps) {

  /**
   * Where a TPROXY rule hands packets over.
   *
   * @param address the address; empty: that of the interface it arrived on
   * @param port the port; 0: the packet's own destination port
   * @param rule the rule
   */
  public record Listener(Optional<InetAddress> address, int port, RuleAt rule) {}

  /** Whether connection tracking leaves it alone, and so no rule translates its addresses. */
  public boolean untracked() {
    return steps.stream().anyMatch(step -> step.action() == Action.UNTRACK);
  }

  /** What a rule can do. */
  public enum Action {
    ACCEPT,
    RETURN,
    DROP,
    REJECT,
    MARK,
    TPROXY,
    TRANSLATE,
    UNTRACK
  }

  /**
   * A rule that did something.
   *
   * @param action what it did
   * @param rule the rule
   * @param mark the packet's mark afterwards
   * @param caller the rule that led to its chain; empty in a base chain
   */
  public record Step(Action action, RuleAt rule, int mark, Optional<RuleAt> caller) {}
}
