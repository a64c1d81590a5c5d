package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Connection;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Upstream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes connections to where their clients wanted to go. */
public final class OriginalDestination {
  private static final Logger log = LoggerFactory.getLogger(OriginalDestination.class);

  private OriginalDestination() {}

  /** The connection's original destination; a connection to the proxy itself is refused. */
  public static RoutedConnection route(Connection connection) {
    if (connection.refusal().isPresent()) {
      return RoutedConnection.refused(connection);
    }
    if (!connection.intercepted()) {
      log.warn("{} asked for the proxy itself and is refused", connection);
      connection.refuse(UpstreamPool.NO_UPSTREAM);
      return RoutedConnection.refused(connection);
    }
    return RoutedConnection.to(Upstream.of(connection.originalDestination()), connection);
  }
}
