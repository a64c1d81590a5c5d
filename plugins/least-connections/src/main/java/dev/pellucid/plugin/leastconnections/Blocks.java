package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.balance.OpenConnections.Count;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Knows the least loaded upstream of each block of about √n, so that finding the least of all does
 * not take looking at all.
 *
 * <p>A block's entry holds, from the left: that upstream's load, 32 bits; a version; the upstream's
 * place in the block. Whoever has changed a load replaces the entry afterwards, with the next
 * version even if nothing else of it changes; and starts anew if another has replaced it since it
 * was read. So none of them overlooks a change: who read a load before it changed cannot replace
 * the entry after the change was entered. When nobody is at it, all entries are right, but for
 * upstreams that were {@linkplain #passOver passed over}.
 */
final class Blocks {
  private final Loads loads;

  /** The size of a block is 2 to the power of this. */
  private final int shift;

  private final AtomicLongArray entries;

  /** Nothing is known before {@link #refresh}. */
  Blocks(Loads loads) {
    this.loads = loads;
    this.shift = Integer.SIZE - 1 - Integer.numberOfLeadingZeros((int) Math.sqrt(loads.size()));
    this.entries = new AtomicLongArray(block(loads.size() - 1) + 1);
  }

  int count() {
    return entries.length();
  }

  /** The block that a position is in. */
  int block(int position) {
    return position >> shift;
  }

  /** The first position of a block. */
  int start(int block) {
    return block << shift;
  }

  /** The first position after a block. */
  int end(int block) {
    return Math.min(start(block + 1), loads.size());
  }

  /** What is known of a block, for {@link #load} and {@link #position}. */
  long entry(int block) {
    return entries.get(block);
  }

  static int load(long entry) {
    return (int) (entry >>> Integer.SIZE);
  }

  int position(int block, long entry) {
    return start(block) + ((int) entry & ((1 << shift) - 1));
  }

  /**
   * The position of the least loaded of all: of equals, the first after a position, or else the
   * first at all.
   */
  int least(int after) {
    // Two passes, for the first has no branch to be mispredicted: it takes half the time of one.
    int load = Integer.MAX_VALUE;
    for (int block = 0; block < entries.length(); block++) {
      load = Math.min(load, load(entries.getPlain(block)));
    }
    int block = block(Math.max(0, after));
    if (position(block, entries.getPlain(block)) <= after) {
      block++;
    }
    for (int tried = 0; tried < entries.length(); tried++, block++) {
      block = block < entries.length() ? block : 0;
      if (load(entries.getPlain(block)) <= load) {
        break;
      }
    }
    block = block < entries.length() ? block : 0;
    return position(block, entries.getPlain(block));
  }

  /** The load of an upstream as it is, whatever is known of its block. */
  int currentLoad(int position) {
    return loads.load(position);
  }

  /** Looks at all loads. */
  void refresh() {
    for (int block = 0; block < entries.length(); block++) {
      long entry;
      do {
        entry = entries.get(block);
      } while (!replace(block, entry, leastFrom(position(block, entry), block)));
    }
  }

  /** A load has become more: if it was the least of its block, another one's may be now. */
  void rose(Count count) {
    int changed = loads.positionOf(count);
    if (changed >= 0) {
      int block = block(changed);
      long entry;
      long next;
      do {
        entry = entries.get(block);
        int least = position(block, entry);
        next = changed == least ? leastFrom(least, block) : known(load(entry), least);
      } while (!replace(block, entry, next));
    }
  }

  /** A load has become less: it may be the least of its block now. */
  void fell(Count count) {
    int changed = loads.positionOf(count);
    if (changed >= 0) {
      int block = block(changed);
      long entry;
      long next;
      do {
        entry = entries.get(block);
        int load = loads.load(changed);
        next =
            load < load(entry) ? known(load, changed) : known(load(entry), position(block, entry));
      } while (!replace(block, entry, next));
    }
  }

  /**
   * Enters another upstream of the block instead of one that is not usable. That one comes back as
   * soon as its load falls, or the other's rises.
   */
  void passOver(int position) {
    int block = block(position);
    long entry = entries.get(block);
    int size = end(block) - start(block);
    if (size > 1 && position(block, entry) == position) {
      long least = known(Integer.MAX_VALUE, position);
      for (int i = 1; i < size; i++) {
        least = lesser(least, start(block) + (position - start(block) + i) % size);
      }
      replace(block, entry, least);
    }
  }

  /** Of equals, the present one stays, or else the next one after it has its turn. */
  private long leastFrom(int present, int block) {
    while (true) {
      int least = leastLoad(block);
      int position = present;
      do {
        int load = loads.load(position);
        if (load <= least) {
          return known(load, position);
        }
        position = position + 1 < end(block) ? position + 1 : start(block);
      } while (position != present);
      // It has risen meanwhile; whoever raised it may not see it in the entry.
    }
  }

  private int leastLoad(int block) {
    int least = Integer.MAX_VALUE;
    for (int position = start(block); position < end(block); position++) {
      least = Math.min(least, loads.load(position));
    }
    return least;
  }

  private long lesser(long least, int position) {
    int load = loads.load(position);
    return load < load(least) ? known(load, position) : least;
  }

  /** A load and whose it is. */
  private static long known(int load, int position) {
    return ((long) load << Integer.SIZE) | position;
  }

  /** Replaces an entry with what is known, and the next version. */
  private boolean replace(int block, long entry, long known) {
    int version = ((int) entry >>> shift) + 1;
    int place = (int) known - start(block);
    long low = ((version << shift) | place) & 0xffff_ffffL;
    return entries.compareAndSet(block, entry, (known & (-1L << Integer.SIZE)) | low);
  }
}
