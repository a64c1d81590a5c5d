package dev.pellucid.lab;

import java.time.Duration;

/** Waits for what the kernel does not announce. */
final class Poll {
  private static final long INTERVAL_MILLIS = 2;

  private Poll() {}

  /** A condition, of which some may fail to be read. */
  interface Condition<E extends Exception> {
    boolean holds() throws E;
  }

  /** Waits for a condition, and says whether it came to hold in time. */
  static <E extends Exception> boolean until(Duration limit, Condition<E> condition)
      throws E, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(INTERVAL_MILLIS);
    }
    return true;
  }
}
