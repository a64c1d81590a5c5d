package dev.pellucid.plugin.dump;

import dev.pellucid.api.Connection;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;

/** Logs the beginning of what one side of a connection sends. Belongs to one event loop. */
final class Direction {
  private final Logger logger;
  private final Connection connection;
  private final String from;
  private final long most;
  private long seen;

  /**
   * One direction.
   *
   * @param from who sends
   * @param most how many bytes to log
   */
  Direction(Logger logger, Connection connection, String from, long most) {
    this.logger = logger;
    this.connection = connection;
    this.from = from;
    this.most = most;
  }

  /** Logs as much as is left to log, and returns the same bytes. */
  ByteString pass(ByteString bytes) {
    if (seen < most) {
      ByteString logged = bytes.take((int) Math.min(bytes.size(), most - seen));
      logger.debug(
          "{}: {} bytes from {}{}", connection, bytes.size(), from, Hex.lines(logged, seen));
      seen += logged.size();
    }
    return bytes;
  }
}
