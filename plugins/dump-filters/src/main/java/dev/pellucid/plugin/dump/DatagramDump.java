package dev.pellucid.plugin.dump;

import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.DatagramFilter;
import java.util.Optional;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;

/** Logs the beginning of each datagram, at level DEBUG. */
final class DatagramDump implements DatagramFilter {
  private final Logger logger;
  private final long most;

  /**
   * A filter.
   *
   * @param most how many bytes of each datagram
   */
  DatagramDump(Logger logger, long most) {
    this.logger = logger;
    this.most = most;
  }

  @Override
  public Session create(Connection connection) {
    return new Session() {
      @Override
      public Optional<ByteString> fromClient(ByteString datagram) {
        return Optional.of(logged("client", datagram));
      }

      @Override
      public Optional<ByteString> fromUpstream(ByteString datagram) {
        return Optional.of(logged("upstream", datagram));
      }

      private ByteString logged(String from, ByteString datagram) {
        if (logger.isDebugEnabled()) {
          ByteString start = datagram.take((int) Math.min(datagram.size(), most));
          logger.debug(
              "{}: {} bytes from {}{}", connection, datagram.size(), from, Hex.lines(start, 0));
        }
        return datagram;
      }
    };
  }
}
