package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.OpenConnections.Count;
import java.util.List;

/** The loads of a pool's upstreams, which are known by their positions here. */
final class Loads {
  private final Count[] counts;
  private final int[] weights;

  Loads(List<Upstream> pool, List<Count> counts) {
    this.counts = counts.toArray(Count[]::new);
    this.weights = pool.stream().mapToInt(Upstream::weight).toArray();
  }

  /** Of this many upstreams. */
  int size() {
    return counts.length;
  }

  /** Whether (connections + 1) / weight of the one is less than that of the other. */
  boolean less(int one, int other) {
    return (counts[one].open() + 1L) * weights[other] < (counts[other].open() + 1L) * weights[one];
  }
}
