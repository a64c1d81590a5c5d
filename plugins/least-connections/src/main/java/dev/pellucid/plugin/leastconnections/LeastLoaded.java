package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Selection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Chooses the least loaded upstream of a pool; of equals, the next after the one chosen last. */
final class LeastLoaded implements Selection {
  private static final int NONE = -1;

  /** An unusable upstream is soon the least loaded of its block, and one comes back at a time. */
  private static final int ATTEMPTS = 4;

  private final List<Upstream> pool;
  private final Blocks blocks;
  private final LeastConnections balancer;

  /** A hint only, so loops may overwrite each other's. */
  private final AtomicInteger last = new AtomicInteger(NONE);

  LeastLoaded(List<Upstream> pool, Blocks blocks, LeastConnections balancer) {
    this.pool = pool;
    this.blocks = blocks;
    this.balancer = balancer;
  }

  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    int after = last.getOpaque();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int least = blocks.least(after);
      if (usable.test(pool.get(least))) {
        return chosen(least);
      }
      blocks.passOver(least);
    }
    int least = new Search(usable).after(after);
    return least == NONE ? Optional.empty() : chosen(least);
  }

  private Optional<Upstream> chosen(int position) {
    last.setOpaque(position);
    return Optional.of(pool.get(position));
  }

  @Override
  public void opened(Upstream upstream) {
    balancer.opened(upstream);
  }

  @Override
  public void closed(Upstream upstream) {
    balancer.closed(upstream);
  }

  /** Finds the least loaded usable upstream where many are not usable. */
  private final class Search {
    private final Predicate<Upstream> usable;
    private int least = NONE;
    private int load = Integer.MAX_VALUE;

    Search(Predicate<Upstream> usable) {
      this.usable = usable;
    }

    /** Of equals, the first after a position, or else the first at all. */
    int after(int position) {
      int first = blocks.block(Math.max(0, position));
      in(first, position + 1);
      for (int block = first + 1; block < blocks.count(); block++) {
        in(block, blocks.start(block));
      }
      for (int block = 0; block <= first; block++) {
        in(block, blocks.start(block));
      }
      return least;
    }

    /** Searches a block from some position on. */
    private void in(int block, int from) {
      long entry = blocks.entry(block);
      if (Blocks.load(entry) >= load) {
        return;
      }
      int position = blocks.position(block, entry);
      if (!usable.test(pool.get(position))) {
        byOne(from, blocks.end(block));
      } else if (position >= from) {
        least = position;
        load = Blocks.load(entry);
      }
    }

    /** Searches a block whose least loaded upstream is not usable. */
    private void byOne(int from, int end) {
      for (int position = from; position < end; position++) {
        int other = blocks.currentLoad(position);
        if (other < load && usable.test(pool.get(position))) {
          least = position;
          load = other;
        }
      }
    }
  }
}
