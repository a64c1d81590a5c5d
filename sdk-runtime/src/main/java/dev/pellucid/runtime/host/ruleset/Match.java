package dev.pellucid.runtime.host.ruleset;

/** A condition on a packet, as it is when it gets there. */
@FunctionalInterface
interface Match {
  /** What nobody knows: it never matches, lest a stranger's rule raise an alarm. */
  Match UNKNOWN = packet -> false;

  /** What matches every packet that the walks are about. */
  Match ANY = packet -> true;

  boolean matches(Packet packet);

  default Match and(Match other) {
    return packet -> matches(packet) && other.matches(packet);
  }

  /** The opposite; that of an unknown condition is as unknown. */
  default Match not(boolean negated) {
    return negated && this != UNKNOWN ? packet -> !matches(packet) : this;
  }
}
