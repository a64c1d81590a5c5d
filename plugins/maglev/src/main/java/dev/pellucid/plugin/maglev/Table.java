package dev.pellucid.plugin.maglev;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.AddressHash;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Fills the table: for each entry, the position of an upstream in the pool. */
final class Table {
  private static final int LEAST_SIZE = 65_537;
  private static final int ENTRIES_PER_UPSTREAM = 100;
  private static final int FREE = -1;

  private final int[] entries;

  /** How far apart the entries are that an upstream wants, and which one it wants next. */
  private final int[] skips;

  private final int[] wanted;

  private Table(List<Upstream> pool) {
    this.entries = new int[size(pool.size())];
    this.skips = new int[pool.size()];
    this.wanted = new int[pool.size()];
    Arrays.fill(entries, FREE);
    for (int i = 0; i < pool.size(); i++) {
      long hash = AddressHash.of(pool.get(i).address());
      wanted[i] = (int) Long.remainderUnsigned(hash, entries.length);
      skips[i] = (int) Long.remainderUnsigned(AddressHash.again(hash, 0), entries.length - 1) + 1;
    }
  }

  /**
   * A prime, so that whatever the skip, an upstream comes by all entries. The next size is twice as
   * large: a table of another size moves nearly all clients, so it must not change with each pool.
   */
  private static int size(int upstreams) {
    int size = LEAST_SIZE;
    while (size < upstreams * (long) ENTRIES_PER_UPSTREAM) {
      size = BigInteger.valueOf(size * 2L).nextProbablePrime().intValueExact();
    }
    return size;
  }

  /**
   * In each round the heaviest upstream takes an entry. Another one does when its share of the
   * rounds so far, rounded, is one more than it has. Each has at least one.
   */
  static int[] of(List<Upstream> pool) {
    Table table = new Table(pool);
    int[] order = order(pool);
    long heaviest = pool.stream().mapToLong(Upstream::weight).max().orElseThrow();
    long[] due = new long[pool.size()];
    int left = table.entries.length;
    for (boolean first = true; true; first = false) {
      for (int upstream : order) {
        due[upstream] += pool.get(upstream).weight();
        if (first || due[upstream] * 2 >= heaviest) {
          due[upstream] -= heaviest;
          table.take(upstream);
          if (--left == 0) {
            return table.entries;
          }
        }
      }
    }
  }

  /** The order of turns depends on the upstreams alone. */
  private static int[] order(List<Upstream> pool) {
    return IntStream.range(0, pool.size())
        .boxed()
        .sorted(Comparator.comparing(i -> AddressHash.of(pool.get(i).address())))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private void take(int upstream) {
    while (entries[wanted[upstream]] != FREE) {
      advance(upstream);
    }
    entries[wanted[upstream]] = upstream;
    advance(upstream);
  }

  private void advance(int upstream) {
    wanted[upstream] = (int) (((long) wanted[upstream] + skips[upstream]) % entries.length);
  }
}
