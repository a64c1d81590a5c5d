package dev.pellucid.runtime.loop;

import org.jspecify.annotations.Nullable;

/** A scheduled task of an event loop. Belongs to the loop's thread. */
public final class Timer {
  final Runnable task;
  long tick;
  @Nullable Timer previous;
  @Nullable Timer next;

  Timer(Runnable task) {
    this.task = task;
  }

  boolean scheduled() {
    return previous != null;
  }
}
