package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.OpenConnections;
import dev.pellucid.api.balance.Selection;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Chooses the least loaded upstream of a pool; of equals, the next after the one chosen last. */
final class LeastLoaded implements Selection {
  private static final int NONE = -1;

  private final List<Upstream> pool;
  private final OpenConnections connections;
  private final Loads loads;
  private final Blocks blocks;
  private final Map<InetSocketAddress, Integer> positions = new HashMap<>();

  /** A hint only, so loops may overwrite each other's. */
  private final AtomicInteger last = new AtomicInteger(NONE);

  LeastLoaded(List<Upstream> pool, OpenConnections connections) {
    this.pool = pool;
    this.connections = connections;
    this.loads = new Loads(pool, connections.of(pool));
    this.blocks = new Blocks(loads);
    for (int position = 0; position < pool.size(); position++) {
      positions.put(pool.get(position).address(), position);
    }
  }

  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    int after = last.getOpaque();
    int first = blocks.block(Math.max(0, after));
    int least = leastOf(first, after + 1, NONE, usable);
    for (int block = first + 1; block < blocks.count(); block++) {
      least = leastOf(block, blocks.start(block), least, usable);
    }
    for (int block = 0; block <= first; block++) {
      least = leastOf(block, blocks.start(block), least, usable);
    }
    if (least == NONE) {
      return Optional.empty();
    }
    last.setOpaque(least);
    return Optional.of(pool.get(least));
  }

  /** The best known so far, or a usable one of a block, from some position on, that beats it. */
  private int leastOf(int block, int from, int known, Predicate<Upstream> usable) {
    int least = blocks.least(block);
    if (!beats(least, known)) {
      return known;
    }
    if (!usable.test(pool.get(least))) {
      return leastUsable(block, from, known, usable);
    }
    return least < from ? known : least;
  }

  /** An unusable upstream is soon the least loaded of its block, and stays so. */
  private int leastUsable(int block, int from, int known, Predicate<Upstream> usable) {
    int least = known;
    for (int position = from; position < blocks.end(block); position++) {
      if (beats(position, least) && usable.test(pool.get(position))) {
        least = position;
      }
    }
    return least;
  }

  private boolean beats(int position, int known) {
    return known == NONE || loads.less(position, known);
  }

  @Override
  public void opened(Upstream upstream) {
    connections.opened(upstream);
    refresh(upstream);
  }

  @Override
  public void closed(Upstream upstream) {
    connections.closed(upstream);
    refresh(upstream);
  }

  private void refresh(Upstream upstream) {
    Integer position = positions.get(upstream.address());
    if (position != null) {
      blocks.refresh(blocks.block(position));
    }
  }
}
