package dev.pellucid.api.balance;

import dev.pellucid.api.Upstream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts the connections that go to each upstream, for balancers that choose by it. It belongs to
 * the balancer and outlives a change of the pool: an upstream is who listens at its address,
 * whatever its weight. All methods may be called on any thread, and none blocks.
 */
public final class OpenConnections {
  private final ConcurrentHashMap<InetSocketAddress, Count> counts = new ConcurrentHashMap<>();

  /** A short cut for the very upstreams of the last pool, never changed once it is here. */
  private volatile IdentityHashMap<Upstream, Count> latest = new IdentityHashMap<>();

  /** Counts from zero. */
  public OpenConnections() {}

  /**
   * The counts of a pool's upstreams, in its order. What other upstreams have had is forgotten as
   * soon as nothing goes to them any more; so call this whenever the pool changes.
   */
  public List<Count> of(List<Upstream> pool) {
    Set<InetSocketAddress> current = new HashSet<>();
    IdentityHashMap<Upstream, Count> byIdentity = new IdentityHashMap<>();
    List<Count> inOrder = new ArrayList<>();
    for (Upstream upstream : pool) {
      Count count = of(upstream.address());
      count.position = inOrder.size();
      inOrder.add(count);
      byIdentity.put(upstream, count);
      current.add(upstream.address());
    }
    // First this: whoever looks an upstream up after its count was forgotten must not find it here.
    latest = byIdentity;
    counts.values().removeIf(count -> !current.contains(count.address) && count.retire());
    return inOrder;
  }

  private Count of(Upstream upstream) {
    Count count = latest.get(upstream);
    return count != null ? count : of(upstream.address());
  }

  private Count of(InetSocketAddress address) {
    Count count = counts.get(address);
    return count != null ? count : counts.computeIfAbsent(address, Count::new);
  }

  /** A connection goes to an upstream, whose count this returns. */
  public Count opened(Upstream upstream) {
    Count count = of(upstream);
    while (!count.opened()) {
      // It is about to be forgotten, while someone with an earlier pool still chose the upstream.
      counts.remove(upstream.address(), count);
      count = of(upstream.address());
    }
    return count;
  }

  /**
   * A connection that was counted goes to the upstream no longer.
   *
   * @return the upstream's count
   * @throws IllegalStateException if none was counted
   */
  public Count closed(Upstream upstream) {
    Count count = of(upstream);
    count.closed();
    return count;
  }

  /** How many connections go to one upstream. */
  public static final class Count {
    private static final int RETIRED = -1;

    /** Rather than an AtomicInteger each: balancers read many counts in a row. */
    private static final AtomicIntegerFieldUpdater<Count> OPEN =
        AtomicIntegerFieldUpdater.newUpdater(Count.class, "open");

    private final InetSocketAddress address;
    private volatile int open;
    private volatile int position = -1;

    private Count(InetSocketAddress address) {
      this.address = address;
    }

    /** How many they are at the moment. */
    public int open() {
      return Math.max(0, open);
    }

    /**
     * Where the upstream is in the last pool it was in; -1 if it was in none. A balancer that uses
     * it must allow for its being another pool's.
     */
    public int position() {
      return position;
    }

    private boolean opened() {
      int before;
      do {
        before = open;
      } while (before != RETIRED && !OPEN.compareAndSet(this, before, before + 1));
      return before != RETIRED;
    }

    private void closed() {
      int before;
      do {
        before = open;
        if (before <= 0) {
          throw new IllegalStateException("no connection to " + address + " was counted");
        }
      } while (!OPEN.compareAndSet(this, before, before - 1));
    }

    private boolean retire() {
      return OPEN.compareAndSet(this, 0, RETIRED);
    }
  }
}
