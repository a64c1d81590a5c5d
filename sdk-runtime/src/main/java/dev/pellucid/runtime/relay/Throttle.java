package dev.pellucid.runtime.relay;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds one direction of a TCP connection to its limits. Who moves its bytes asks before, and says
 * afterwards how many it has moved; if there are none to move, it pauses until it is resumed.
 *
 * <p>Asking and moving belong to one thread, which need not be the loop's.
 */
public final class Throttle {
  /** A pause is worth while that earns as much as the loop's timers are late … */
  private static final int FAST_PAUSES_PER_SECOND = 100;

  /** … or a full segment … */
  private static final long SEGMENT = 1460;

  /** … but where even that takes long, what there is so often. */
  private static final int SLOW_PAUSES_PER_SECOND = 4;

  private final EventLoop loop;
  private final Bandwidth[] limits;

  /** What was taken from each limit and has not been moved. */
  private final long[] held;

  private final Runnable onResume;
  private final long quantum;

  /** Written by the thread that asks and, when the pause is over, by the loop. */
  private volatile boolean paused;

  // Belong to the loop.
  private @Nullable Timer timer;
  private boolean closed;

  private Throttle(EventLoop loop, List<Bandwidth> limits, Runnable onResume) {
    this.loop = loop;
    this.limits = limits.toArray(Bandwidth[]::new);
    this.held = new long[this.limits.length];
    this.onResume = onResume;
    this.quantum = quantum(limits);
  }

  /**
   * A throttle, or null if there are no limits.
   *
   * @param onResume run on the loop when it is worth asking again after a pause
   */
  static @Nullable Throttle of(EventLoop loop, List<Bandwidth> limits, Runnable onResume) {
    return limits.isEmpty() ? null : new Throttle(loop, limits, onResume);
  }

  /** So many bytes are worth moving after a pause; no limit's burst is less. */
  private static long quantum(List<Bandwidth> limits) {
    long least = Long.MAX_VALUE;
    for (Bandwidth limit : limits) {
      long rate = limit.bytesPerSecond();
      long slow = Math.min(SEGMENT, rate / SLOW_PAUSES_PER_SECOND);
      long worthWhile = Math.max(1, Math.max(slow, rate / FAST_PAUSES_PER_SECOND));
      least = Math.min(least, Math.min(worthWhile, limit.burst()));
    }
    return least;
  }

  /**
   * How many bytes may be moved now. The caller tries to move them, and calls {@link #moved} before
   * it asks again.
   *
   * @param most how many are wanted, at least 1
   * @return 0: none that are worth while, and the caller is resumed when there are
   */
  public long ask(long most) {
    if (paused) {
      return 0;
    }
    long now = now();
    long granted = most;
    for (int i = 0; i < limits.length; i++) {
      if (held[i] < granted) {
        held[i] += limits[i].take(granted - held[i], now);
      }
      granted = Math.min(granted, held[i]);
    }
    if (granted < Math.min(most, quantum)) {
      pause(now);
      return 0;
    }
    return granted;
  }

  /** So many bytes were moved; the rest of what was granted is there for others. */
  public void moved(long bytes) {
    for (int i = 0; i < limits.length; i++) {
      giveBack(i, held[i] - bytes);
    }
  }

  private void giveBack(int i, long bytes) {
    limits[i].giveBack(bytes);
    held[i] = 0;
  }

  /**
   * Queues up where too little was to be had. What was to be had elsewhere is there for others
   * meanwhile.
   */
  private void pause(long now) {
    paused = true;
    long wait = 0;
    for (int i = 0; i < limits.length; i++) {
      if (held[i] < quantum) {
        wait = Math.max(wait, limits[i].reserve(quantum - held[i], now));
        held[i] = quantum;
      } else {
        giveBack(i, held[i]);
      }
    }
    long nanos = wait;
    loop.run(() -> resumeAfter(nanos));
  }

  private void resumeAfter(long nanos) {
    if (closed) {
      return;
    }
    if (timer == null) {
      timer = loop.schedule(nanos, this::resume);
    } else {
      loop.reschedule(timer, nanos);
    }
  }

  private void resume() {
    paused = false;
    onResume.run();
  }

  /** Whether bytes wait for a limit, as far as is known. */
  boolean paused() {
    return paused;
  }

  private long now() {
    return loop.isCurrent() ? loop.now() : System.nanoTime();
  }

  /** Nobody asks any more. Called on the loop. */
  void close() {
    closed = true;
    if (timer != null) {
      loop.cancel(timer);
    }
    moved(0);
  }
}
