package dev.pellucid.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLoopTest {
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

  @Test
  void runsTasksOnItsThread() throws Exception {
    assertFalse(loop.isCurrent());
    assertNull(EventLoop.current());
    assertTrue(test.call(loop::isCurrent));
    assertSame(loop, test.call(EventLoop::current));
    assertEquals("tested-loop", test.call(() -> Thread.currentThread().getName()));
  }

  @Test
  void runsTasksOfAnotherThreadInTheirOrder() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    IntStream.range(0, 5_000).forEach(i -> loop.execute(() -> order.add(i)));
    test.run(() -> {});
    assertEquals(IntStream.range(0, 5_000).boxed().toList(), order);
  }

  @Test
  void runsItsOwnTasksInTheirOrderAndNotAtOnce() throws Exception {
    List<Integer> order = new ArrayList<>();
    test.run(
        () -> {
          IntStream.range(0, 5_000).forEach(i -> loop.execute(() -> order.add(i)));
          assertEquals(List.of(), order);
        });
    Await.until("tasks are missing", () -> test.call(order::size) == 5_000);
    assertEquals(IntStream.range(0, 5_000).boxed().toList(), order);
  }

  @Test
  void runIsImmediateOnTheLoopAlone() throws Exception {
    test.run(
        () -> {
          AtomicInteger ran = new AtomicInteger();
          loop.run(ran::incrementAndGet);
          assertEquals(1, ran.get());
        });
    CompletableFuture<EventLoop> elsewhere = new CompletableFuture<>();
    loop.run(() -> elsewhere.complete(EventLoop.current()));
    assertSame(loop, Await.result(elsewhere));
  }

  @Test
  void losesNoneOfManyTasksOfManyThreads() throws Exception {
    int threads = 8;
    int each = 12_500;
    int[] last = new int[threads];
    AtomicInteger inOrder = new AtomicInteger();
    CountDownLatch ran = new CountDownLatch(threads * each);
    List<Thread> submitters = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      submitters.add(new Thread(() -> submit(each, thread, last, inOrder, ran)));
    }
    submitters.forEach(Thread::start);
    Await.reached(ran);
    assertEquals(threads * each, inOrder.get());
  }

  /** {@code last} and {@code inOrder} belong to the loop. */
  private void submit(
      int count, int thread, int[] last, AtomicInteger inOrder, CountDownLatch ran) {
    for (int i = 1; i <= count; i++) {
      int number = i;
      loop.execute(
          () -> {
            inOrder.addAndGet(last[thread] == number - 1 ? 1 : 0);
            last[thread] = number;
            ran.countDown();
          });
    }
  }

  @Test
  void losesNoWakeUpWhenItIsAboutToSleep() throws Exception {
    FutureTask<Void> other = new FutureTask<>(this::callOften);
    new Thread(other).start();
    callOften();
    other.get();
  }

  /** Each call finds the loop asleep, awake or in between; a lost wake-up would never return. */
  private @Nullable Void callOften() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      loop.execute(() -> answer.complete(null));
      Await.result(answer);
    }
    return null;
  }

  @Test
  void otherThreadsTasksHaveTheirTurnBesidesItsOwn() throws Exception {
    AtomicInteger rounds = new AtomicInteger();
    test.run(() -> repeatFor(rounds));
    try {
      test.run(() -> {});
    } finally {
      rounds.set(Integer.MIN_VALUE);
    }
  }

  /** As an actor does whose mailbox is never empty. */
  private void repeatFor(AtomicInteger rounds) {
    if (rounds.incrementAndGet() > 0) {
      loop.execute(() -> repeatFor(rounds));
    }
  }

  @Test
  void aTaskThatThrowsHarmsNothingElse() throws Exception {
    Runnable release = test.hold();
    loop.execute(
        () -> {
          throw new IllegalStateException("thrown by a test's task");
        });
    loop.execute(
        () -> {
          throw new AssertionError("thrown by a test's task");
        });
    CompletionStage<Integer> next = test.submit(() -> 42);
    release.run();
    assertEquals(42, Await.result(next));
  }

  @Test
  void aTimerThatThrowsHarmsNothingElse() throws Exception {
    CompletableFuture<Void> next = new CompletableFuture<>();
    test.run(
        () -> {
          loop.schedule(
              0,
              () -> {
                throw new IllegalStateException("thrown by a test's timer");
              });
          loop.schedule(0, () -> next.complete(null));
        });
    Await.result(next);
    assertEquals(0, test.call(loop::timers));
  }

  @Test
  void closeRunsTheQueuedTasksAndRejectsLaterOnes() throws Exception {
    Runnable release = test.hold();
    AtomicInteger ran = new AtomicInteger();
    IntStream.range(0, 3_000).forEach(i -> loop.execute(ran::incrementAndGet));
    CompletionStage<Void> closed = loop.close();
    assertFalse(closed.toCompletableFuture().isDone());
    release.run();
    Await.result(closed);
    assertEquals(3_000, ran.get());
    assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    assertThrows(RejectedExecutionException.class, () -> loop.run(() -> {}));
  }

  @Test
  void closeOnTheLoopRunsTheTasksThatOthersHadQueued() throws Exception {
    Runnable release = test.hold();
    AtomicInteger ran = new AtomicInteger();
    CompletionStage<CompletionStage<Void>> closing = test.submit(loop::close);
    IntStream.range(0, 5_000).forEach(i -> loop.execute(ran::incrementAndGet));
    release.run();
    Await.result(Await.result(closing));
    assertEquals(5_000, ran.get());
  }

  @Test
  void closingAgainWaitsForTheSameEnd() throws Exception {
    Await.result(loop.close());
    Await.result(loop.close());
  }

  @Test
  void theThreadEndsWithTheLoop() throws Exception {
    Thread thread = test.call(Thread::currentThread);
    test.close();
    thread.join(Await.PATIENCE.toMillis());
    assertFalse(thread.isAlive());
  }

  private static final class Counted implements AutoCloseable {
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private static final class Unclosable implements AutoCloseable {
    @Override
    public void close() {
      throw new IllegalStateException("thrown by a test's resource");
    }
  }

  private static final class AlsoUnclosable implements AutoCloseable {
    @Override
    public void close() throws Exception {
      throw new Exception("thrown by a test's resource");
    }
  }

  @Test
  void aResourceExistsOncePerLoop() throws Exception {
    Counted first = test.call(() -> loop.resource(Counted.class, made -> new Counted()));
    assertSame(first, test.call(() -> loop.resource(Counted.class, made -> new Counted())));
    try (TestLoop other = new TestLoop("other-loop")) {
      Counted theirs = other.call(() -> other.loop.resource(Counted.class, m -> new Counted()));
      assertNotSame(first, theirs);
    }
    assertEquals(0, first.closed.get());
  }

  @Test
  void resourcesAreClosedOnceThoughOthersFailToClose() throws Exception {
    Counted counted = test.call(() -> loop.resource(Counted.class, made -> new Counted()));
    test.call(() -> loop.resource(Unclosable.class, made -> new Unclosable()));
    test.call(() -> loop.resource(AlsoUnclosable.class, made -> new AlsoUnclosable()));
    test.close();
    test.close();
    assertEquals(1, counted.closed.get());
  }

  /** A task that goes on for ever must not keep the loop from its timers and sockets. */
  @Test
  void whatGoesOnForEverHoldsNobodyUp() throws Exception {
    CountDownLatch fired = new CountDownLatch(1);
    test.run(
        () -> {
          loop.executeNextTurn(() -> again(fired));
          loop.schedule(TimeUnit.MILLISECONDS.toNanos(50), fired::countDown);
        });
    Await.reached(fired);
  }

  private void again(CountDownLatch until) {
    if (until.getCount() > 0) {
      loop.executeNextTurn(() -> again(until));
    }
  }
}
