package dev.pellucid.runtime.host.ruleset;

import java.util.List;
import java.util.Locale;

/** The flags of TCP as bits. */
final class TcpFlags {
  static final int SYN = 2;
  private static final int ACK = 16;
  private static final List<String> NAMES =
      List.of("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr");

  private TcpFlags() {}

  /** Those of a packet: SYN on the first of a connection, with ACK on its answer, then ACK. */
  static int of(Packet packet) {
    if (packet.protocol() != Packet.Protocol.TCP) {
      return 0;
    }
    if (packet.first()) {
      return SYN;
    }
    return packet.answer() ? SYN | ACK : ACK;
  }

  /**
   * Flags by their names, in any case; {@code NONE} and {@code ALL} too.
   *
   * @throws IllegalArgumentException if one is none
   */
  static int of(List<String> names) {
    int flags = 0;
    for (String name : names) {
      flags |= of(name.toLowerCase(Locale.ROOT));
    }
    return flags;
  }

  private static int of(String name) {
    int bit = NAMES.indexOf(name);
    if (bit >= 0) {
      return 1 << bit;
    }
    return switch (name) {
      case "none" -> 0;
      case "all" -> 0x3f;
      default -> throw new IllegalArgumentException(name + " is no TCP flag");
    };
  }
}
