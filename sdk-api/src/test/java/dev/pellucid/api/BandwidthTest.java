package dev.pellucid.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BandwidthTest {
  private static final long SECOND = 1_000_000_000;

  /** Bytes that were moved, and when. */
  private record Moved(long nanos, long bytes) {}

  @Test
  void theBurstIsThereAtOnceAndThenTheRate() {
    Bandwidth bandwidth = Bandwidth.of(1000, 300);
    long start = System.nanoTime();
    assertEquals(200, bandwidth.take(200, start));
    assertEquals(100, bandwidth.take(200, start));
    assertEquals(0, bandwidth.take(200, start));
    assertEquals(0, bandwidth.take(200, start + SECOND / 1001));
    assertEquals(1, bandwidth.take(200, start + SECOND / 1000));
    assertEquals(9, bandwidth.take(200, start + SECOND / 100));
    assertEquals(300, bandwidth.take(1000, start + 10 * SECOND));
    assertEquals(0, bandwidth.take(1000, start + 10 * SECOND));
  }

  @Test
  void whatIsGivenBackIsThereForOthers() {
    Bandwidth bandwidth = Bandwidth.of(1000, 300);
    long start = System.nanoTime();
    assertEquals(300, bandwidth.take(300, start));
    bandwidth.giveBack(250);
    assertEquals(250, bandwidth.take(300, start));
    bandwidth.giveBack(250);
    assertEquals(300, bandwidth.take(1000, start + 10 * SECOND), "never more than the burst");
  }

  @Test
  void thoseWhoWaitHaveTheirTurns() {
    Bandwidth bandwidth = Bandwidth.of(1000, 100);
    long start = System.nanoTime();
    assertEquals(0, bandwidth.reserve(100, start));
    assertEquals(SECOND / 20, bandwidth.reserve(50, start));
    assertEquals(SECOND / 10, bandwidth.reserve(50, start));
    assertEquals(0, bandwidth.take(100, start + SECOND / 10), "it is spoken for");
    assertEquals(50, bandwidth.take(100, start + SECOND / 10 + SECOND / 20));
  }

  @Test
  void oneByteASecondIsPossible() {
    Bandwidth bandwidth = Bandwidth.of(1, 1);
    long start = System.nanoTime();
    assertEquals(1, bandwidth.take(10, start));
    assertEquals(SECOND, bandwidth.reserve(1, start));
    assertEquals(0, bandwidth.take(10, start + 2 * SECOND - 1));
    assertEquals(1, bandwidth.take(10, start + 2 * SECOND));
  }

  @Test
  void theExtremesDoNotOverflow() {
    Bandwidth slow = Bandwidth.of(1, Bandwidth.MAX_BURST);
    Bandwidth fast = Bandwidth.of(Bandwidth.MAX_RATE, Bandwidth.MAX_BURST);
    long start = System.nanoTime();
    assertEquals(Bandwidth.MAX_BURST, slow.take(Long.MAX_VALUE, start));
    assertEquals(0, slow.take(Long.MAX_VALUE, start));
    assertEquals(Bandwidth.MAX_BURST, fast.take(Long.MAX_VALUE, start));
    assertEquals(Bandwidth.MAX_BURST, fast.take(Long.MAX_VALUE, start + SECOND));
  }

  @Test
  void anyDatagramFitsIntoTheDefaultBurst() {
    assertEquals(65536, Bandwidth.of(1000).burst());
    assertEquals(10_000_000, Bandwidth.of(100_000_000).burst());
    assertEquals(Bandwidth.MAX_BURST, Bandwidth.of(Bandwidth.MAX_RATE).burst());
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Bandwidth.of(0));
    assertThrows(IllegalArgumentException.class, () -> Bandwidth.of(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> Bandwidth.of(1, 0));
    assertThrows(IllegalArgumentException.class, () -> Bandwidth.of(1, Bandwidth.MAX_BURST + 1));
    assertThrows(IllegalArgumentException.class, () -> Bandwidth.of(Bandwidth.MAX_RATE + 1, 1));
    Bandwidth bandwidth = Bandwidth.of(1, 10);
    assertThrows(IllegalArgumentException.class, () -> bandwidth.reserve(11, System.nanoTime()));
  }

  @Property
  void noIntervalHasMoreThanRateTimesTimeAndABurst(
      @ForAll @LongRange(min = 1, max = Bandwidth.MAX_RATE) long rate,
      @ForAll @LongRange(min = 1, max = 1 << 24) long burst,
      @ForAll long seed) {
    Bandwidth bandwidth = Bandwidth.of(rate, burst);
    Random random = new Random(seed);
    long burstNanos = (long) (burst * (double) SECOND / rate);
    List<Moved> moved = new ArrayList<>();
    long now = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      now += (long) (random.nextDouble() * random.nextDouble() * 2 * burstNanos);
      if (random.nextInt(4) == 0) {
        long bytes = 1 + (long) (random.nextDouble() * (burst - 1));
        moved.add(new Moved(now + bandwidth.reserve(bytes, now), bytes));
      } else {
        long taken = bandwidth.take(1 + (long) (random.nextDouble() * 2 * burst), now);
        long unused = (long) (random.nextDouble() * taken);
        bandwidth.giveBack(unused);
        moved.add(new Moved(now, taken - unused));
      }
    }
    assertWithin(rate, burst, moved);
  }

  private static void assertWithin(long rate, long burst, List<Moved> moved) {
    List<Moved> inOrder = new ArrayList<>(moved);
    inOrder.sort(Comparator.comparingLong(Moved::nanos));
    for (int first = 0; first < inOrder.size(); first++) {
      long sum = 0;
      for (int last = first; last < inOrder.size(); last++) {
        sum += inOrder.get(last).bytes();
        // The clock counts in nanoseconds: one more or less is what it can tell.
        double nanos = inOrder.get(last).nanos() - inOrder.get(first).nanos() + 1.0;
        double most = burst + rate * nanos / SECOND + 1;
        assertTrue(sum <= most, sum + " bytes in " + nanos + " ns, more than " + most);
      }
    }
  }

  @Property
  void whoAsksOftenEnoughGetsTheRate(
      @ForAll @LongRange(min = 1000, max = 1L << 30) long rate, @ForAll long seed) {
    Bandwidth bandwidth = Bandwidth.of(rate, Math.max(100, rate / 10));
    Random random = new Random(seed);
    long start = System.nanoTime();
    long now = start;
    long sum = 0;
    for (int i = 0; i < 500; i++) {
      now += (long) (random.nextDouble() * SECOND / 20);
      sum += bandwidth.take(Long.MAX_VALUE, now);
    }
    // Each time, less than a byte is left over, and less than two nanoseconds are rounded off.
    double least = (double) rate * (now - start) / SECOND - 500 * (2.0 * rate / SECOND) - 1;
    assertTrue(sum >= least, sum + " bytes, less than " + least);
  }

  @Test
  @Timeout(30)
  void threadsTogetherGetNoMoreThanOne() throws Exception {
    long rate = 100_000_000;
    long burst = 1_000_000;
    Bandwidth bandwidth = Bandwidth.of(rate, burst);
    long start = System.nanoTime();
    AtomicLong clock = new AtomicLong(start);
    AtomicLong sum = new AtomicLong();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      Random random = new Random(thread);
      threads.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  long now = clock.addAndGet(random.nextInt(1000));
                  sum.addAndGet(bandwidth.take(random.nextInt(100_000), now));
                }
              }));
    }
    CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get();
    long end = clock.get();
    sum.addAndGet(bandwidth.take(Long.MAX_VALUE, end));
    double earned = (double) rate * (end - start) / SECOND;
    assertTrue(sum.get() <= earned + burst + 1, sum + " bytes of " + earned);
    assertTrue(sum.get() >= earned * 0.9, "updates were lost: " + sum + " bytes of " + earned);
  }
}
