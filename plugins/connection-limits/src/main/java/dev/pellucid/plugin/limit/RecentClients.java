package dev.pellucid.plugin.limit;

import dev.pellucid.api.Cidr;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A time for each of the clients that came last, in a table of fixed size. A client has a few
 * places it can stand in; if others hold them all, the one whose time is earliest goes. Such a
 * client is, of those, the one that is farthest from its limit, and a time that has passed says
 * nothing any more: while there are fewer active clients than places, hardly anything is lost, and
 * beyond that those who are at their limit stay remembered longest.
 *
 * <p>Nothing here locks or sweeps. If two loops meet a new client at once it may get two times, and
 * if a client goes while another loop counts for it, that count is lost. Both are rare and let one
 * connection too many pass.
 */
final class RecentClients {
  /** How many places a client can stand in. */
  static final int WAYS = 8;

  private final AtomicReferenceArray<@Nullable Entry> places;
  private final int sets;
  // Makes it hard to find addresses that crowd out a client.
  private final long seed = ThreadLocalRandom.current().nextLong();

  private static final class Entry extends AtomicLong {
    final transient Cidr client;

    Entry(Cidr client, long time) {
      super(time);
      this.client = client;
    }
  }

  /** A table for so many clients. */
  RecentClients(int size) {
    this.sets = size / WAYS;
    this.places = new AtomicReferenceArray<>(sets * WAYS);
  }

  /** The time of a client; that of a new one is now. */
  AtomicLong get(Cidr client, long now) {
    int first = firstPlace(client);
    @Nullable Entry known = find(client, first);
    while (known == null) {
      known = add(client, first, now);
    }
    return known;
  }

  private @Nullable Entry find(Cidr client, int first) {
    for (int place = first; place < first + WAYS; place++) {
      Entry entry = places.get(place);
      if (entry != null && entry.client.equals(client)) {
        return entry;
      }
    }
    return null;
  }

  /** Null if another loop was faster and put someone else there. */
  private @Nullable Entry add(Cidr client, int first, long now) {
    int place = first;
    for (int other = first + 1; other < first + WAYS; other++) {
      if (time(other) < time(place)) {
        place = other;
      }
    }
    Entry old = places.get(place);
    if (old != null && old.client.equals(client)) {
      return old;
    }
    Entry fresh = new Entry(client, now);
    return places.compareAndSet(place, old, fresh) ? fresh : null;
  }

  private long time(int place) {
    Entry entry = places.get(place);
    return entry == null ? Long.MIN_VALUE : entry.get();
  }

  private int firstPlace(Cidr client) {
    long hash = seed;
    for (byte part : client.address().getAddress()) {
      hash = (hash ^ part) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) (((mixed(hash) >>> 32) * sets) >>> 32) * WAYS;
  }

  /** SplitMix64's last steps: without them, neighbouring addresses share places. */
  private static long mixed(long hash) {
    long mixed = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
