package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Connection;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.runtime.plugin.ContextClassLoader;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes connections to the upstreams of a pool, as its balancer chooses. Used by all loops at
 * once.
 */
public final class UpstreamPool {
  private static final Logger log = LoggerFactory.getLogger(UpstreamPool.class);
  private static final Termination NO_UPSTREAM =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.NO_UPSTREAM);
  private static final Termination FAILED = new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);

  private final Selection selection;

  /**
   * A pool of upstreams.
   *
   * @throws IllegalArgumentException if there are none
   */
  public UpstreamPool(List<Upstream> upstreams, Balancer balancer) {
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("a pool needs at least one upstream");
    }
    try (ContextClassLoader context = ContextClassLoader.of(balancer)) {
      this.selection = balancer.over(List.copyOf(upstreams));
    }
  }

  /** Chooses an upstream; a connection for which there is none is refused. Never throws. */
  public RoutedConnection route(Connection connection) {
    if (connection.refusal().isPresent()) {
      return RoutedConnection.refused(connection);
    }
    try {
      Optional<Upstream> chosen = selection.select(connection, upstream -> true);
      if (chosen.isPresent()) {
        return new RoutedConnection(connection, chosen, failed -> another(connection, failed));
      }
      connection.refuse(NO_UPSTREAM);
    } catch (RuntimeException | Error e) {
      log.error("{} failed on {}", selection, connection, e);
      connection.refuse(FAILED);
    }
    return RoutedConnection.refused(connection);
  }

  /** Never throws either, and keeps to the promise of {@link RoutedConnection.Alternatives}. */
  private Optional<Upstream> another(Connection connection, Set<Upstream> failed) {
    try {
      return selection
          .select(connection, upstream -> !failed.contains(upstream))
          .filter(upstream -> !failed.contains(upstream));
    } catch (RuntimeException | Error e) {
      log.error("{} failed on a retry of {}", selection, connection, e);
      return Optional.empty();
    }
  }
}
