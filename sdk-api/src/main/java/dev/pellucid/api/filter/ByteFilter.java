package dev.pellucid.api.filter;

import dev.pellucid.api.Connection;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.util.ByteString;

/**
 * Reads and changes the bytes of relayed connections.
 *
 * <p>The flows run on the connection's event loop and must not block. A flow that fails resets the
 * connection on both sides.
 */
@FunctionalInterface
public interface ByteFilter extends AutoCloseable {

  /**
   * The two directions of one connection. Called once for each, on an event loop, possibly on
   * several loops at once; must not block. If it throws, the connection is reset.
   *
   * @return its top goes from the client to the upstream, its bottom from the upstream to the
   *     client
   */
  BidiFlow<ByteString, ByteString, ByteString, ByteString, NotUsed> create(Connection connection);

  /** Called once, after the last connection was relayed. */
  @Override
  default void close() {}
}
