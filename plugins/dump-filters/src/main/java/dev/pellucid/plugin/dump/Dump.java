package dev.pellucid.plugin.dump;

import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ByteFilter;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;

/** Logs the first bytes of each direction of each connection, as they come, at level DEBUG. */
final class Dump implements ByteFilter {
  private final Logger logger;
  private final long most;

  /**
   * A filter.
   *
   * @param most how many bytes of each direction
   */
  Dump(Logger logger, long most) {
    this.logger = logger;
    this.most = most;
  }

  @Override
  public BidiFlow<ByteString, ByteString, ByteString, ByteString, NotUsed> create(
      Connection connection) {
    if (!logger.isDebugEnabled()) {
      return BidiFlow.identity();
    }
    Direction client = new Direction(logger, connection, "client", most);
    Direction upstream = new Direction(logger, connection, "upstream", most);
    return BidiFlow.fromFunctions(client::pass, upstream::pass);
  }
}
