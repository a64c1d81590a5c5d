package dev.pellucid.plugin.sticky;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Remembers the last visits of clients: a hash table whose buckets are immutable and replaced
 * whole. Reading takes no lock, writing neither; nothing runs in the background, because a bucket
 * rids itself of what is expired when the next client comes to it.
 *
 * <p>This takes the place of a caching library. One would bring threads of its own, and a policy
 * that may turn a new client away in favour of frequent ones: here that is the client to keep.
 */
final class StickTable {
  /** Twice the mean: so with as many clients as there are to be, one in 3,000 finds no room. */
  private static final int MOST_PER_BUCKET = 16;

  private static final int MEAN_PER_BUCKET = 8;

  private final long expire;
  private final AtomicReferenceArray<Visits> buckets;

  StickTable(long expire, int size) {
    this.expire = expire;
    this.buckets = new AtomicReferenceArray<>((size + MEAN_PER_BUCKET - 1) / MEAN_PER_BUCKET);
    for (int i = 0; i < buckets.length(); i++) {
      buckets.set(i, Visits.NONE);
    }
  }

  /** The bucket that a client's visit is in, if anywhere. */
  Visits of(long client) {
    return buckets.get(bucket(client));
  }

  boolean expired(Visit visit, long now) {
    return visit.age(now) >= expire;
  }

  /**
   * Adds a visit to a bucket.
   *
   * @return whether it was added: false if the bucket has changed since it was read
   */
  boolean remember(Visits bucket, Visit visit, long now) {
    return buckets.compareAndSet(
        bucket(visit.client()), bucket, bucket.with(visit, now, expire, MOST_PER_BUCKET));
  }

  private int bucket(long client) {
    return (int) (((client >>> Integer.SIZE) * buckets.length()) >>> Integer.SIZE);
  }

  /** How many visits there are, expired ones included. */
  int size() {
    int size = 0;
    for (int i = 0; i < buckets.length(); i++) {
      size += buckets.get(i).size();
    }
    return size;
  }
}
