package dev.pellucid.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class EventLoopTimersTest {
  private TestLoop test;
  private EventLoop loop;

  @BeforeEach
  void start() throws Exception {
    test = new TestLoop("tested-loop");
    loop = test.loop;
  }

  @AfterEach
  void close() throws Exception {
    test.close();
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Completes with the time from scheduling to firing. */
  private CompletableFuture<Long> fires(long delay) throws Exception {
    CompletableFuture<Long> after = new CompletableFuture<>();
    test.run(
        () -> {
          long from = loop.now();
          loop.schedule(delay, () -> after.complete(System.nanoTime() - from));
        });
    return after;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 5, 10, 30, 100})
  void firesInASleepingLoopAndNeverEarly(long delay) throws Exception {
    long after = Await.result(fires(millis(delay)));
    assertTrue(after >= millis(delay), () -> "after " + after + " ns");
  }

  @Test
  void aTimerThatIsTakenBackDoesNotFire() throws Exception {
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    test.run(
        () -> {
          Timer timer = loop.schedule(millis(5), () -> cancelled.complete(null));
          loop.cancel(timer);
          assertEquals(0, loop.timers());
        });
    Await.result(fires(millis(60)));
    assertFalse(cancelled.isDone());
  }

  @Test
  void aTimerThatIsMovedFiresAtItsNewTimeAlone() throws Exception {
    CompletableFuture<Long> moved = new CompletableFuture<>();
    test.run(
        () -> {
          long from = loop.now();
          Timer timer = loop.schedule(millis(5), () -> moved.complete(System.nanoTime() - from));
          loop.reschedule(timer, millis(80));
          assertEquals(1, loop.timers());
        });
    assertTrue(Await.result(moved) >= millis(80));
    assertEquals(0, test.call(loop::timers));
  }

  @Test
  void aTimerThatHasFiredCanBeScheduledAgain() throws Exception {
    CompletableFuture<Void> secondTime = new CompletableFuture<>();
    test.run(() -> twice(secondTime));
    Await.result(secondTime);
    assertEquals(0, test.call(loop::timers));
  }

  private void twice(CompletableFuture<Void> secondTime) {
    Timer[] timer = new Timer[1];
    int[] fired = new int[1];
    timer[0] =
        loop.schedule(
            0,
            () -> {
              if (++fired[0] == 2) {
                secondTime.complete(null);
              } else {
                loop.reschedule(timer[0], millis(1));
              }
            });
  }

  @Test
  void timersFireWhileTasksKeepTheLoopBusy() throws Exception {
    CompletableFuture<Long> fired = fires(millis(20));
    test.run(() -> repeatUntil(fired));
    assertTrue(Await.result(fired) >= millis(20));
  }

  private void repeatUntil(CompletableFuture<?> end) {
    if (!end.isDone()) {
      loop.execute(() -> repeatUntil(end));
    }
  }

  @Test
  void theTimeOfATurnDoesNotGoBack() throws Exception {
    long first = test.call(loop::now);
    long second = test.call(loop::now);
    assertTrue(second - first >= 0);
    assertTrue(System.nanoTime() - second >= 0);
  }

  @Test
  void aTaskThatTookLongDoesNotPutATimerOff() throws Exception {
    CompletableFuture<Long> fired = new CompletableFuture<>();
    test.run(
        () -> {
          long from = System.nanoTime();
          loop.schedule(millis(600), () -> fired.complete(System.nanoTime() - from));
          spin(millis(550));
        });
    assertTrue(Await.result(fired) < millis(1_050), () -> "after " + fired.join() + " ns");
  }

  private static void spin(long nanos) {
    long from = System.nanoTime();
    while (System.nanoTime() - from < nanos) {
      Thread.onSpinWait();
    }
  }
}
