package dev.pellucid.plugin.roundrobin;

import dev.pellucid.api.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Works out the order of one round. */
final class Rounds {
  /** Bounds the memory of a round. */
  private static final int MAX_TURNS = 65_536;

  private Rounds() {}

  /**
   * The smooth weighted order: before each turn every upstream earns its weight, the richest one
   * takes the turn and pays what all have earned together.
   */
  static List<Upstream> smooth(List<Upstream> pool) {
    long[] weights = weights(pool);
    long[] credit = new long[weights.length];
    int turns = Math.toIntExact(LongStream.of(weights).sum());
    List<Upstream> order = new ArrayList<>(turns);
    for (int turn = 0; turn < turns; turn++) {
      order.add(pool.get(next(credit, weights, turns)));
    }
    return List.copyOf(order);
  }

  private static int next(long[] credit, long[] weights, long total) {
    int richest = 0;
    for (int i = 0; i < credit.length; i++) {
      credit[i] += weights[i];
      if (credit[i] > credit[richest]) {
        richest = i;
      }
    }
    credit[richest] -= total;
    return richest;
  }

  private static long[] weights(List<Upstream> pool) {
    long divisor = pool.stream().mapToLong(Upstream::weight).reduce(0, Rounds::greatestDivisor);
    long turns = pool.stream().mapToLong(upstream -> upstream.weight() / divisor).sum();
    long scale = divisor * ((turns + MAX_TURNS - 1) / MAX_TURNS);
    return pool.stream().mapToLong(upstream -> Math.max(1, upstream.weight() / scale)).toArray();
  }

  private static long greatestDivisor(long a, long b) {
    return b == 0 ? a : greatestDivisor(b, a % b);
  }
}
