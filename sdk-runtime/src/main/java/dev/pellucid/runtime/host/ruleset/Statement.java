package dev.pellucid.runtime.host.ruleset;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;

/** A part of a rule. The parts are evaluated in order, up to the first that does not match. */
sealed interface Statement {
  /** A match: the rule goes on only if it holds. */
  record Test(Match match) implements Statement {}

  /** A match of which nothing is known. */
  record Unknown() implements Statement {}

  /** Sets the packet's mark; with none to set, the rule ends. */
  record SetMark(Function<Packet, Optional<Integer>> mark) implements Statement {}

  /**
   * Gives the packet to a listener.
   *
   * @param family the only family it does so for, as nft calls it; empty: each
   * @param address the listener's; empty: that of the interface
   * @param port the listener's; 0: the packet's destination port; with none, the rule ends
   * @param otherwise what happens if nothing listens there
   */
  record Tproxy(
      String family,
      Optional<InetAddress> address,
      Function<Packet, Optional<Integer>> port,
      Verdict otherwise)
      implements Statement {}

  /** Translates the connection's addresses, which ends the chain. */
  record Translate() implements Statement {}

  /** Has connection tracking leave the packet alone, if it has not seen it yet. */
  record Untrack() implements Statement {}

  /** Decides, by the packet if need be. */
  record Decide(Function<Packet, Verdict> verdict) implements Statement {}

  /** Leads to a chain without a name, of which nothing is known. */
  record Unseen() implements Statement {}

  static Statement decide(Verdict verdict) {
    return new Decide(packet -> verdict);
  }
}
