package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.OpenConnections;
import dev.pellucid.api.balance.Selection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

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

  /** Every change goes to the latest blocks, even if it comes through an earlier selection. */
  private final AtomicReference<@Nullable Blocks> latest = new AtomicReference<>();

  /** A balancer for one pool. */
  public LeastConnections() {}

  @Override
  public Selection over(List<Upstream> pool) {
    Blocks blocks = new Blocks(new Loads(pool, connections.of(pool)));
    latest.set(blocks);
    // Only now: so no change is missed that came between counting and being the latest.
    blocks.refresh();
    return new LeastLoaded(pool, blocks, this);
  }

  void opened(Upstream upstream) {
    OpenConnections.Count count = connections.opened(upstream);
    Blocks blocks = latest.get();
    if (blocks != null) {
      blocks.rose(count);
    }
  }

  void closed(Upstream upstream) {
    OpenConnections.Count count = connections.closed(upstream);
    Blocks blocks = latest.get();
    if (blocks != null) {
      blocks.fell(count);
    }
  }
}
