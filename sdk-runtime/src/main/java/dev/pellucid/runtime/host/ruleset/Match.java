package dev.pellucid.runtime.host.ruleset;

/** A condition on a packet, as it is when it gets there. */
@FunctionalInterface
interface Match {
  /** What matches every packet that the walks are about. */
  Match ANY = packet -> true;

  boolean matches(Packet packet);

  /** The opposite, if it is negated. */
  default Match not(boolean negated) {
    return negated ? packet -> !matches(packet) : this;
  }
}
