package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.OpenConnections.Count;
import java.util.List;

/** The loads of a pool's upstreams, which are known by their positions here. */
final class Loads {
  private final Count[] counts;
  private final float[] weights;

  Loads(List<Upstream> pool, List<Count> counts) {
    this.counts = counts.toArray(Count[]::new);
    this.weights = new float[this.counts.length];
    for (int position = 0; position < weights.length; position++) {
      weights[position] = pool.get(position).weight();
    }
  }

  /** Of this many upstreams. */
  int size() {
    return counts.length;
  }

  /**
   * (connections + 1) / weight, as a number that compares like it: the bits of a float. Loads that
   * differ by less than a ten-millionth count as equal.
   */
  int load(int position) {
    return Float.floatToRawIntBits((counts[position].open() + 1f) / weights[position]);
  }

  /**
   * The position of a count here; -1 if it is not one of these, but an earlier or a later pool's.
   * The count's own position may change at any time.
   */
  int positionOf(Count count) {
    int position = count.position();
    boolean here = position >= 0 && position < counts.length && counts[position] == count;
    return here ? position : -1;
  }
}
