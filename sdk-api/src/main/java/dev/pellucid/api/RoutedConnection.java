package dev.pellucid.api;

import java.util.Optional;
import java.util.Set;

/**
 * A connection and where it goes.
 *
 * @param connection the connection
 * @param upstream the chosen upstream; empty exactly when the connection was {@linkplain
 *     Connection#refuse refused}
 * @param alternatives where else it may go if that upstream cannot be reached
 */
public record RoutedConnection(
    Connection connection, Optional<Upstream> upstream, Alternatives alternatives) {

  /** Where a connection may go after connecting to its upstream has failed. */
  @FunctionalInterface
  public interface Alternatives {
    /** There are none. */
    Alternatives NONE = failed -> Optional.empty();

    /**
     * Chooses another upstream. Called on the connection's event loop; must not block.
     *
     * @param failed the upstreams that could not be reached, never to be chosen again
     * @return another one, or empty if none is left
     */
    Optional<Upstream> next(Set<Upstream> failed);
  }

  /** A connection that goes to the given upstream and nowhere else. */
  public static RoutedConnection to(Upstream upstream, Connection connection) {
    return new RoutedConnection(connection, Optional.of(upstream), Alternatives.NONE);
  }

  /** A connection that was refused and only travels on to the access log. */
  public static RoutedConnection refused(Connection connection) {
    return new RoutedConnection(connection, Optional.empty(), Alternatives.NONE);
  }
}
