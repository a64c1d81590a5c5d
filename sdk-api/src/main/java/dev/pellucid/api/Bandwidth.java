package dev.pellucid.api;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit to how fast bytes may move: so many a second, and a burst of so many at once after a
 * pause. {@link Connection#limit} applies it; connections that are given the same instance share
 * it, wherever they are. The other methods are for those who move bytes themselves.
 *
 * <p>Over any interval no more than rate × time + burst bytes are granted. To reach the rate, one
 * TCP connection alone needs a burst worth 20 milliseconds, because event loops look at their
 * timers about every 10. A datagram that is larger than the burst never passes.
 *
 * <p>Times are those of {@link System#nanoTime}. All methods may be called on any thread; none
 * blocks. Where threads have read the clock at different times, an older time grants less.
 */
public final class Bandwidth {
  /** The highest rate, in bytes per second: 1 TiB. */
  public static final long MAX_RATE = 1L << 40;

  /** The largest burst, in bytes: 8 GiB. */
  public static final long MAX_BURST = 1L << 33;

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long LARGEST_DATAGRAM = 65536;
  private static final int DEFAULT_BURSTS_PER_SECOND = 10;

  private final long rate;
  private final long burst;

  /** The time that the whole burst is worth. */
  private final long window;

  /**
   * When all that was granted will have been earned (the theoretical arrival time of the generic
   * cell rate algorithm). As far as it lies ahead, the burst is used up.
   */
  private final AtomicLong earned;

  private Bandwidth(long rate, long burst) {
    requireRange("the rate", rate, MAX_RATE, " bytes per second");
    requireRange("the burst", burst, MAX_BURST, " bytes");
    this.rate = rate;
    this.burst = burst;
    this.window = worth(burst);
    // An event loop has read its clock a moment ago, and has the whole burst nevertheless.
    this.earned = new AtomicLong(System.nanoTime() - NANOS_PER_SECOND);
  }

  private static void requireRange(String what, long value, long most, String unit) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          what + " must be from 1 to " + most + unit + ", but is " + value);
    }
  }

  /**
   * A limit with a burst worth a tenth of a second, but at least 64 KiB, so that every datagram
   * fits.
   *
   * @param bytesPerSecond from 1 to {@link #MAX_RATE}
   * @throws IllegalArgumentException if it is not in that range
   */
  public static Bandwidth of(long bytesPerSecond) {
    long tenth = Math.min(bytesPerSecond / DEFAULT_BURSTS_PER_SECOND, MAX_BURST);
    return of(bytesPerSecond, Math.max(tenth, LARGEST_DATAGRAM));
  }

  /**
   * A limit, whose whole burst is there at once.
   *
   * @param bytesPerSecond from 1 to {@link #MAX_RATE}
   * @param burst in bytes, from 1 to {@link #MAX_BURST}
   * @throws IllegalArgumentException if one of them is not in its range
   */
  public static Bandwidth of(long bytesPerSecond, long burst) {
    return new Bandwidth(bytesPerSecond, burst);
  }

  /** The rate, in bytes per second. */
  public long bytesPerSecond() {
    return rate;
  }

  /** The burst, in bytes. */
  public long burst() {
    return burst;
  }

  /**
   * Takes as many bytes as are there.
   *
   * @param most how many are wanted
   * @param nowNanos the time
   * @return how many may be moved now, from 0 to {@code most} and never more than the burst
   */
  public long take(long most, long nowNanos) {
    while (true) {
      long before = earned.get();
      long ahead = Math.max(0, before - nowNanos);
      long granted = Math.min(Math.min(most, burst), earnedIn(window - ahead));
      if (granted <= 0) {
        return 0;
      }
      if (earned.compareAndSet(before, nowNanos + ahead + worth(granted))) {
        return granted;
      }
    }
  }

  /**
   * Takes bytes that may not be there yet. Those who come later get theirs after them, and so
   * everyone who waits has a turn.
   *
   * @param bytes how many, at most the burst
   * @param nowNanos the time
   * @return how many nanoseconds to wait before they may be moved; 0: none
   * @throws IllegalArgumentException if that is more than the burst
   */
  public long reserve(long bytes, long nowNanos) {
    requireRange("what is reserved", bytes, burst, " bytes");
    while (true) {
      long before = earned.get();
      long ahead = Math.max(0, before - nowNanos) + worth(bytes);
      if (earned.compareAndSet(before, nowNanos + ahead)) {
        return Math.max(0, ahead - window);
      }
    }
  }

  /** Gives bytes back that were taken, or reserved, a moment ago and not moved. */
  public void giveBack(long bytes) {
    // Rounded down where taking rounds up: nothing is won by it.
    earned.addAndGet(-(bytes * NANOS_PER_SECOND / rate));
  }

  /** How long it takes to earn so many bytes, in nanoseconds, rounded up. */
  private long worth(long bytes) {
    // Fits: a burst times a second is less than Long.MAX_VALUE, by as much as the highest rate.
    return (bytes * NANOS_PER_SECOND + rate - 1) / rate;
  }

  /** How many bytes are earned in a time that is no longer than the window. */
  private long earnedIn(long nanos) {
    return nanos <= 0 ? 0 : nanos * rate / NANOS_PER_SECOND;
  }

  @Override
  public String toString() {
    return rate + " bytes per second, " + burst + " at once";
  }
}
