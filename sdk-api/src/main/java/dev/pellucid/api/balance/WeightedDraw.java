package dev.pellucid.api.balance;

import dev.pellucid.api.Upstream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Draws upstreams of a pool at random, each as often as its weight says, in a time that does not
 * depend on the size of the pool. Immutable; any thread may draw.
 *
 * <p>This is Walker's alias method: the weights are cut into as many columns of the same height as
 * there are upstreams, such that no column holds parts of more than two. A draw throws a dart.
 */
public final class WeightedDraw {
  /** With one upstream in ten usable, an exact draw is needed once in a thousand times. */
  private static final int DARTS = 64;

  private final List<Upstream> pool;

  /** The height of a column, the sum of all weights: so every part of it is a whole number. */
  private final long height;

  /** In each column, the part of the upstream that it belongs to; the rest is the alias's. */
  private final long[] own;

  private final int[] alias;

  /**
   * Prepares draws from a pool.
   *
   * @param pool at least one upstream
   */
  public WeightedDraw(List<Upstream> pool) {
    this.pool = List.copyOf(pool);
    this.height = pool.stream().mapToLong(Upstream::weight).sum();
    this.own =
        pool.stream().mapToLong(upstream -> (long) upstream.weight() * pool.size()).toArray();
    this.alias = new int[own.length];
    Arrays.setAll(alias, column -> column);
    fillUp();
  }

  /** Gives what columns are short of from those that overflow. */
  private void fillUp() {
    int[] stack = new int[own.length];
    int low = 0;
    int high = own.length;
    for (int column = 0; column < own.length; column++) {
      if (own[column] < height) {
        stack[low++] = column;
      } else {
        stack[--high] = column;
      }
    }
    while (low > 0 && high < own.length) {
      int poor = stack[--low];
      int rich = stack[high];
      alias[poor] = rich;
      own[rich] -= height - own[poor];
      if (own[rich] < height) {
        high++;
        stack[low++] = rich;
      }
    }
  }

  /** Draws any upstream: its position in the pool. */
  public int any() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int column = random.nextInt(own.length);
    return random.nextLong(height) < own[column] ? column : alias[column];
  }

  /**
   * Draws a usable upstream: each as often as its weight says, among those that are usable.
   *
   * @return its position in the pool; empty if none is usable
   */
  public OptionalInt any(Predicate<Upstream> usable) {
    for (int dart = 0; dart < DARTS; dart++) {
      int position = any();
      if (usable.test(pool.get(position))) {
        return OptionalInt.of(position);
      }
    }
    return exactly(usable);
  }

  /** Looks at every upstream, once: what is usable may change at any time. */
  private OptionalInt exactly(Predicate<Upstream> usable) {
    int chosen = -1;
    long weights = 0;
    for (int position = 0; position < own.length; position++) {
      Upstream upstream = pool.get(position);
      if (usable.test(upstream)) {
        weights += upstream.weight();
        if (ThreadLocalRandom.current().nextLong(weights) < upstream.weight()) {
          chosen = position;
        }
      }
    }
    return chosen < 0 ? OptionalInt.empty() : OptionalInt.of(chosen);
  }
}
