package dev.pellucid.runtime.host.ruleset;

import java.util.List;
import java.util.Optional;

/**
 * A chain.
 *
 * @param base where the kernel calls it, unless only rules do
 * @param rules its rules
 */
record Chain(Optional<Base> base, List<Rule> rules) {

  /**
   * A rule.
   *
   * @param at where it stands
   * @param statements its parts, in order
   * @param looksUp whether it looks something up in a set or a map of nft
   */
  record Rule(RuleAt at, List<Statement> statements, boolean looksUp) {}

  /**
   * What makes it a base chain.
   *
   * @param hook where it is called
   * @param nat whether it only sees a connection's first packet
   * @param priority those with the least come first
   * @param dropping the policy, if that is to drop
   */
  record Base(Hook hook, boolean nat, int priority, Optional<RuleAt> dropping) {
    private static final int DESTINATION_NAT = -100;
    private static final int SOURCE_NAT = 100;

    /** Chains for translation are all called at one place, in the order of their priorities. */
    int place() {
      if (!nat) {
        return priority;
      }
      return hook == Hook.PREROUTING || hook == Hook.OUTPUT ? DESTINATION_NAT : SOURCE_NAT;
    }
  }
}
