package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Bounded waits for what another thread, or the kernel, does. */
public final class Await {
  /** Far longer than anything takes, so that a busy machine fails no test. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Await() {}

  /** The result of a stage; what it failed with comes out as the cause. */
  public static <T> T result(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** What a stage failed with. */
  public static Throwable failure(CompletionStage<?> stage) throws Exception {
    try {
      Object value = result(stage);
      return fail("it did not fail, but gave " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  /** Waits until a latch is open. */
  public static void reached(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS), "never got there");
  }

  /** Waits for what nobody announces. */
  public static void until(Supplier<String> message, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        fail(message.get());
      }
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  /** The same with a constant message. */
  public static void until(String message, Callable<Boolean> condition) throws Exception {
    until(() -> message, condition);
  }
}
