package dev.pellucid.api.balance;

import dev.pellucid.api.Upstream;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Rendezvous hashing: of the usable upstreams, the one that scores highest with a key. It spreads
 * keys as the weights say, whichever upstreams are usable, and moves only the keys of an upstream
 * that goes. It looks at every upstream, at some 20 ns each, so it is for small pools, and for what
 * faster ways have failed at. Immutable.
 */
public final class Rendezvous {
  private final List<Upstream> pool;
  private final long[] hashes;

  /** Prepares the choice among the upstreams of a pool. */
  public Rendezvous(List<Upstream> pool) {
    this.pool = List.copyOf(pool);
    this.hashes = pool.stream().mapToLong(upstream -> AddressHash.of(upstream.address())).toArray();
  }

  /**
   * Chooses for a key.
   *
   * @param key a hash
   * @return a usable upstream, or empty if none is usable
   */
  public Optional<Upstream> choose(long key, Predicate<Upstream> usable) {
    Optional<Upstream> best = Optional.empty();
    double bestScore = Double.POSITIVE_INFINITY;
    for (int i = 0; i < hashes.length; i++) {
      Upstream upstream = pool.get(i);
      if (usable.test(upstream)) {
        double score = exponential(AddressHash.again(key ^ hashes[i], 0)) / upstream.weight();
        if (score < bestScore) {
          best = Optional.of(upstream);
          bestScore = score;
        }
      }
    }
    return best;
  }

  /** Of variables that decay at rates w1, w2, …, the first is i with probability wi / sum. */
  private static double exponential(long hash) {
    return -Math.log(((hash >>> 11) + 0.5) * 0x1p-53);
  }
}
