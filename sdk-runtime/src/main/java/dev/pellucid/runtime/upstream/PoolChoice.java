package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Connection;
import dev.pellucid.api.RoutedConnection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes connections to the pool that a filter has chosen with {@link Connection#POOL}, and those
 * that have none elsewhere. Used by all loops at once.
 */
public final class PoolChoice {
  private static final Logger log = LoggerFactory.getLogger(PoolChoice.class);

  /** What a filter makes of its clients' words must not fill the memory, nor the log. */
  private static final int MOST_NAMES = 100;

  private final Map<String, UpstreamPool> pools;
  private final Function<Connection, RoutedConnection> otherwise;
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();

  /**
   * A choice of pools.
   *
   * @param otherwise routes connections for which no pool was chosen; must not throw
   */
  public PoolChoice(
      Map<String, UpstreamPool> pools, Function<Connection, RoutedConnection> otherwise) {
    this.pools = Map.copyOf(pools);
    this.otherwise = otherwise;
  }

  /** Routes a connection; one whose pool does not exist is refused. Never throws. */
  public RoutedConnection route(Connection connection) {
    Optional<String> name = connection.get(Connection.POOL);
    if (name.isEmpty()) {
      return otherwise.apply(connection);
    }
    UpstreamPool pool = pools.get(name.get());
    if (pool != null) {
      return pool.route(connection);
    }
    if (connection.refusal().isEmpty()) {
      warn(connection, name.get());
      connection.refuse(UpstreamPool.NO_UPSTREAM);
    }
    return RoutedConnection.refused(connection);
  }

  private void warn(Connection connection, String name) {
    if (unknown.size() < MOST_NAMES && unknown.add(name)) {
      log.warn(
          "{} was sent to the pool \"{}\", which does not exist, and is refused, as others will be"
              + " (known: {})",
          connection,
          name,
          String.join(", ", pools.keySet().stream().sorted().toList()));
    }
  }
}
