package dev.pellucid.runtime.proxyprotocol;

/** What the first bytes of a connection, or a datagram, turn out to be. */
public sealed interface Decoded {

  /**
   * A header, as far as can be seen, but not all of it.
   *
   * @param needed how many bytes there have to be, from the first, before it is worth another look
   */
  record Incomplete(int needed) implements Decoded {}

  /**
   * A header.
   *
   * @param header what it says
   * @param length how many bytes it has; the payload follows
   */
  record Complete(ProxyHeader header, int length) implements Decoded {}

  /**
   * No header of the expected version, whatever may follow.
   *
   * @param reason what is wrong with it, for the log
   */
  record Malformed(String reason) implements Decoded {}
}
