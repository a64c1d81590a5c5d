package dev.pellucid.runtime.relay;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.List;

/**
 * Holds one direction of a UDP session to its limits: a datagram passes as a whole, or not at all.
 * Lives on the loop.
 */
final class Policer {
  private final EventLoop loop;
  private final Bandwidth[] limits;

  /** A policer; without limits it lets everything pass. */
  Policer(EventLoop loop, List<Bandwidth> limits) {
    this.loop = loop;
    this.limits = limits.toArray(Bandwidth[]::new);
  }

  /** Whether there are limits. */
  boolean limits() {
    return limits.length > 0;
  }

  /** Whether a datagram of so many bytes passes. */
  boolean passes(int bytes) {
    for (int i = 0; i < limits.length; i++) {
      long granted = limits[i].take(bytes, loop.now());
      if (granted < bytes) {
        limits[i].giveBack(granted);
        for (int taken = 0; taken < i; taken++) {
          limits[taken].giveBack(bytes);
        }
        return false;
      }
    }
    return true;
  }
}
