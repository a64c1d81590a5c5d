package dev.pellucid.plugin.sourcehash;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.AddressHash;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.balance.Rendezvous;
import dev.pellucid.api.balance.Selection;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The ring. A point is a number of 63 bits: the leading ones say where it is, the trailing ones,
 * which upstream it belongs to. As there are a few points to each entry of {@link #starts}, and
 * those are equally far apart, the point that follows a hash is found within a few steps.
 */
final class Ring implements Selection {
  private static final int POINTS_PER_WEIGHT = 160;
  private static final long MAX_POINTS = 1 << 20;

  /** So many points in a row belong to unusable upstreams only if nearly all are unusable. */
  private static final int MAX_STEPS = 512;

  private final ClientHash clients;
  private final List<Upstream> pool;
  private final Rendezvous otherwise;

  /** Selects the bits of a point that say whose it is. */
  private final int owner;

  private final long[] points;

  /** For each hash that is a multiple of 2^shift, the first point that is not before it. */
  private final int[] starts;

  private final int shift;

  Ring(ClientHash clients, List<Upstream> pool) {
    this.clients = clients;
    // Where two points coincide, the order decides: it must be the same whoever else is there.
    this.pool =
        pool.stream()
            .sorted(Comparator.comparing(upstream -> AddressHash.of(upstream.address())))
            .toList();
    this.otherwise = new Rendezvous(pool);
    this.owner = (Integer.highestOneBit(pool.size()) << 1) - 1;
    this.points = points();
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(points.length / 4);
    this.shift = Long.SIZE - 1 - bits;
    this.starts = new int[1 << bits];
    int point = 0;
    for (int i = 0; i < starts.length; i++) {
      while (point < points.length && points[point] < (long) i << shift) {
        point++;
      }
      starts[i] = point;
    }
  }

  private long[] points() {
    int halved = halvings();
    long[] all = new long[pool.stream().mapToInt(upstream -> share(upstream, halved)).sum()];
    int next = 0;
    for (int position = 0; position < pool.size(); position++) {
      long hash = AddressHash.of(pool.get(position).address());
      for (int i = 0; i < share(pool.get(position), halved); i++) {
        all[next++] = ((AddressHash.again(hash, i) >>> 1) & ~owner) | position;
      }
    }
    Arrays.sort(all);
    return all;
  }

  private int halvings() {
    long wanted = pool.stream().mapToLong(Upstream::weight).sum() * POINTS_PER_WEIGHT;
    int halved = 0;
    while (wanted >> halved > MAX_POINTS) {
      halved++;
    }
    return halved;
  }

  private static int share(Upstream upstream, int halved) {
    return (int) Math.max(1, ((long) upstream.weight() * POINTS_PER_WEIGHT) >> halved);
  }

  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    long client = clients.of(connection);
    int point = following(client >>> 1);
    for (int step = 0; step < MAX_STEPS; step++) {
      Upstream upstream = pool.get((int) points[point] & owner);
      if (usable.test(upstream)) {
        return Optional.of(upstream);
      }
      point = point + 1 == points.length ? 0 : point + 1;
    }
    return otherwise.choose(client, usable);
  }

  private int following(long hash) {
    int point = starts[(int) (hash >>> shift)];
    while (point < points.length && points[point] < hash) {
      point++;
    }
    return point == points.length ? 0 : point;
  }
}
