package dev.pellucid.api;

import java.util.Optional;

/**
 * A connection and where it goes.
 *
 * @param connection the connection
 * @param upstream the chosen upstream; empty exactly when the connection was {@linkplain
 *     Connection#refuse refused}
 */
public record RoutedConnection(Connection connection, Optional<Upstream> upstream) {

  /** A connection that goes to the given upstream. */
  public static RoutedConnection to(Upstream upstream, Connection connection) {
    return new RoutedConnection(connection, Optional.of(upstream));
  }

  /** A connection that was refused and only travels on to the access log. */
  public static RoutedConnection refused(Connection connection) {
    return new RoutedConnection(connection, Optional.empty());
  }
}
