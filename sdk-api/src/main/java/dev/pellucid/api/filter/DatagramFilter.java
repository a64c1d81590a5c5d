package dev.pellucid.api.filter;

import dev.pellucid.api.Connection;
import java.util.Optional;
import org.apache.pekko.util.ByteString;

/** Reads, changes or drops the datagrams of relayed UDP sessions. */
@FunctionalInterface
public interface DatagramFilter extends AutoCloseable {

  /**
   * What sees the datagrams of one session. Called once for each, on an event loop, possibly on
   * several loops at once; must not block. If it throws, the session ends.
   */
  Session create(Connection connection);

  /** Called once, after the last session was relayed. */
  @Override
  default void close() {}

  /**
   * The two directions of one session. Called on the session's event loop; must not block. If one
   * of them throws, the session ends. What is larger than a datagram can be is dropped.
   */
  interface Session {

    /**
     * A datagram on its way from the client to the upstream.
     *
     * @return what is sent instead, possibly the same; empty to drop it
     */
    default Optional<ByteString> fromClient(ByteString datagram) {
      return Optional.of(datagram);
    }

    /**
     * A datagram on its way from the upstream to the client.
     *
     * @return what is sent instead, possibly the same; empty to drop it
     */
    default Optional<ByteString> fromUpstream(ByteString datagram) {
      return Optional.of(datagram);
    }
  }
}
