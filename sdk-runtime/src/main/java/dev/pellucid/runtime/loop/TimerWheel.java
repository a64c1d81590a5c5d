package dev.pellucid.runtime.loop;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * A hashed timer wheel: scheduling, moving and cancelling a timer take constant time, however many
 * there are. Timers fire up to one tick late, never early.
 *
 * <p>Each bucket is a ring of timers around a sentinel. A timer further away than one turn of the
 * wheel stays in its bucket until its turn has come.
 */
final class TimerWheel {
  /** A tick is 2^23 ns, about 8.4 ms; one turn of the wheel is about 8.6 s. */
  static final int TICK_BITS = 23;

  private static final int BUCKETS = 1024;

  private final Timer[] buckets = new Timer[BUCKETS];
  private final Consumer<Timer> due;
  private long currentTick;
  private int size;

  /**
   * An empty wheel.
   *
   * @param due told of each timer that is due; it is off the wheel by then
   */
  TimerWheel(long nowNanos, Consumer<Timer> due) {
    this.due = due;
    currentTick = nowNanos >> TICK_BITS;
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i] = emptyRing();
    }
  }

  private static Timer emptyRing() {
    Timer sentinel = new Timer(() -> {});
    sentinel.previous = sentinel;
    sentinel.next = sentinel;
    return sentinel;
  }

  /** How many timers are scheduled. */
  int size() {
    return size;
  }

  /** Schedules a timer, or moves it if it is scheduled already. */
  void schedule(Timer timer, long deadlineNanos) {
    cancel(timer);
    // Rounded up, and at least the next tick: the current one has been expired already.
    timer.tick = Math.max((deadlineNanos >> TICK_BITS) + 1, currentTick + 1);
    link(timer, bucket(timer.tick));
    size++;
  }

  /** Takes a timer out; it may be scheduled again. Does nothing if it is not scheduled. */
  void cancel(Timer timer) {
    if (timer.scheduled()) {
      unlink(timer);
      size--;
    }
  }

  /** Hands over the timers that are due. */
  void expire(long nowNanos) {
    long target = nowNanos >> TICK_BITS;
    // One turn visits every bucket, even after a long pause.
    long first = Math.max(currentTick + 1, target - BUCKETS + 1);
    currentTick = target;
    for (long tick = first; tick <= target; tick++) {
      expireBucket(bucket(tick), target);
    }
  }

  private void expireBucket(Timer sentinel, long target) {
    if (sentinel.next == sentinel) {
      return;
    }
    Timer expired = emptyRing();
    for (Timer timer = next(sentinel); timer != sentinel; ) {
      Timer following = next(timer);
      if (timer.tick <= target) {
        unlink(timer);
        link(timer, expired);
      }
      timer = following;
    }
    // A firing timer may cancel or schedule any other, so each is taken from the ring in turn.
    while (expired.next != expired) {
      Timer timer = next(expired);
      unlink(timer);
      size--;
      due.accept(timer);
    }
  }

  /** Nanoseconds from now until something may be due; -1 if no timer is scheduled. */
  long nanosToNext(long nowNanos) {
    if (size == 0) {
      return -1;
    }
    for (long tick = currentTick + 1; tick <= currentTick + BUCKETS; tick++) {
      Timer sentinel = bucket(tick);
      if (sentinel.next != sentinel) {
        return Math.max(0, (tick << TICK_BITS) - nowNanos);
      }
    }
    return (long) BUCKETS << TICK_BITS;
  }

  private Timer bucket(long tick) {
    return buckets[(int) (tick & BUCKETS - 1)];
  }

  private static Timer next(Timer timer) {
    return Objects.requireNonNull(timer.next);
  }

  private static void link(Timer timer, Timer sentinel) {
    Timer last = Objects.requireNonNull(sentinel.previous);
    timer.previous = last;
    timer.next = sentinel;
    last.next = timer;
    sentinel.previous = timer;
  }

  private static void unlink(Timer timer) {
    Timer before = Objects.requireNonNull(timer.previous);
    Timer after = Objects.requireNonNull(timer.next);
    before.next = after;
    after.previous = before;
    timer.previous = null;
    timer.next = null;
  }
}
