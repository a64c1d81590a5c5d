package dev.pellucid.plugin.servername;

import java.util.List;
import java.util.Optional;

/** What the first bytes of a client tell. */
sealed interface Reading {

  /**
   * Not enough yet.
   *
   * @param bytes how many there must be at least, counted from the very first
   */
  record More(int bytes) implements Reading {}

  /**
   * Whom the client asks for.
   *
   * @param name a {@linkplain HostName host name}, if it says one
   * @param protocols the application protocols it offers, the one it likes best first
   */
  record Asked(Optional<String> name, List<String> protocols) implements Reading {}

  /** No name can be read. */
  enum Unreadable implements Reading {
    /** The client speaks another protocol. */
    OTHER_PROTOCOL,
    /** The protocol is the right one, but its rules are broken. */
    MALFORMED,
    /** It does not fit into the bytes that can be looked at. */
    TOO_LARGE,
    /** The client was too slow, or went away. */
    INCOMPLETE
  }
}
