package dev.pellucid.runtime.relay;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections a listener may have open, over all of its loops. May be used on any thread.
 */
public final class ConnectionLimit {
  private final AtomicInteger open = new AtomicInteger();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private volatile int maximum;

  /** A limit of so many connections, at least 1. */
  public ConnectionLimit(int maximum) {
    this.maximum = maximum;
  }

  /** How many connections are open now. */
  public int open() {
    return open.get();
  }

  /** Changes the limit. Connections beyond a lowered limit stay open. */
  public void setMaximum(int maximum) {
    this.maximum = maximum;
    wakeAll();
  }

  /**
   * Takes a place for a connection.
   *
   * @param whenRoom run once, on any thread, when there may be room again; only if there is none
   * @return whether there was room
   */
  boolean acquire(Runnable whenRoom) {
    if (tryAcquire()) {
      return true;
    }
    waiting.add(whenRoom);
    // A place may have been given back before the caller was in the queue.
    if (open.get() < maximum) {
      wakeAll();
    }
    return false;
  }

  /** Takes a place for a connection if there is one. */
  boolean tryAcquire() {
    if (open.incrementAndGet() <= maximum) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  /** Gives a place back. */
  void release() {
    open.decrementAndGet();
    wakeAll();
  }

  /** All of them: the one that is woken may have no connection to take the place with. */
  private void wakeAll() {
    for (Runnable waiter = waiting.poll(); waiter != null; waiter = waiting.poll()) {
      waiter.run();
    }
  }
}
