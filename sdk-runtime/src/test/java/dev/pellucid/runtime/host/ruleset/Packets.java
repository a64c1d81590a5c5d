package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.ruleset.Packet.Protocol;
import java.util.function.BiPredicate;

/** Packets to walk with. */
final class Packets {
  /** A listener is wherever TPROXY asks for one. */
  static final BiPredicate<Packet, Fate.Listener> LISTENING = (packet, at) -> true;

  private Packets() {}

  /** The first of a connection, forwarded from eth0, which no socket owns. */
  static Packet first(Protocol protocol, String from, String to, int port) {
    return new Packet(
        protocol,
        "eth0",
        "",
        Interval.address(from),
        40_000,
        Interval.address(to),
        port,
        true,
        Owner.NONE,
        0);
  }

  /** A later one of the same connection, with an owner. */
  static Packet next(Packet packet, Owner owner) {
    return new Packet(
        packet.protocol(),
        packet.inInterface(),
        packet.outInterface(),
        packet.source(),
        packet.sourcePort(),
        packet.destination(),
        packet.destinationPort(),
        false,
        owner,
        packet.mark());
  }
}
