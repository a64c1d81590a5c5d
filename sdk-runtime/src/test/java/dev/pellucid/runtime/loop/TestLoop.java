package dev.pellucid.runtime.loop;

import dev.pellucid.runtime.Await;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A loop and what tests do with it from outside. */
final class TestLoop implements AutoCloseable {
  final EventLoop loop;

  TestLoop(String name) throws Exception {
    loop = EventLoop.start(name);
  }

  /** Runs something on the loop and waits for it. */
  <T> T call(Callable<T> task) throws Exception {
    return Await.result(submit(task));
  }

  void run(Action action) throws Exception {
    call(
        () -> {
          action.run();
          return null;
        });
  }

  <T> CompletionStage<T> submit(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Something that may throw. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  /** Keeps the loop busy, so that what comes meanwhile is all there when it goes on. */
  Runnable hold() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    submit(
        () -> {
          held.countDown();
          return release.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        });
    Await.reached(held);
    return release::countDown;
  }

  @Override
  public void close() throws Exception {
    Await.result(loop.close());
  }
}
