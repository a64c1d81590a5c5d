package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.OpenConnections;
import dev.pellucid.api.balance.Selection;
import java.util.List;

/**
 * Sends each connection to the upstream that will then have the fewest for its weight: the one for
 * which (connections + 1) / weight is least. Upstreams of equal load take turns, so with
 * connections too short to meet each other all of the same weight have equally many.
 *
 * <p>It counts what goes through this balancer, across changes of its pool; it knows nothing of
 * what other proxies send to the same upstreams.
 */
public final class LeastConnections implements Balancer {
  private final OpenConnections connections = new OpenConnections();

  /** A balancer for one pool. */
  public LeastConnections() {}

  @Override
  public Selection over(List<Upstream> pool) {
    return new LeastLoaded(pool, connections);
  }
}
