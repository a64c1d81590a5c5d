package dev.pellucid.plugin.leastconnections;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Knows the least loaded upstream of each block of about √n, so that finding the least of all does
 * not take looking at all.
 *
 * <p>A block's entry holds that upstream's position and a version. Who has changed a load looks
 * through the block afterwards and replaces the entry with the next version; if another has
 * replaced it meanwhile, it starts anew. So the last to replace an entry began to look after every
 * earlier one had changed its load, and when nobody is at it, all entries are right.
 */
final class Blocks {
  private final Loads loads;

  /** The size of a block is a power of two. */
  private final int shift;

  private final AtomicLongArray entries;

  Blocks(Loads loads) {
    this.loads = loads;
    this.shift = Integer.SIZE - 1 - Integer.numberOfLeadingZeros((int) Math.sqrt(loads.size()));
    this.entries = new AtomicLongArray(block(loads.size() - 1) + 1);
    for (int block = 0; block < entries.length(); block++) {
      entries.set(block, start(block));
      refresh(block);
    }
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

  /** The position of the least loaded upstream of a block. */
  int least(int block) {
    return (int) entries.get(block);
  }

  /** To be called when a load in a block has changed. */
  void refresh(int block) {
    long entry;
    long next;
    do {
      entry = entries.get(block);
      next = (entry & -1L << Integer.SIZE) + (1L << Integer.SIZE) + leastFrom((int) entry, block);
    } while (!entries.compareAndSet(block, entry, next));
  }

  /** Of equals, the present one stays, or else the next one after it has its turn. */
  private int leastFrom(int present, int block) {
    int least = present;
    for (int position = present + 1; position < end(block); position++) {
      least = loads.less(position, least) ? position : least;
    }
    for (int position = start(block); position < present; position++) {
      least = loads.less(position, least) ? position : least;
    }
    return least;
  }
}
