package dev.pellucid.lab;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of a lab host. A thread is used once: nothing of a task stays behind on it. */
final class LabTasks {
  private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final String host;
  private final Namespace namespace;
  private final AtomicInteger count = new AtomicInteger();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  LabTasks(String host, Namespace namespace) {
    this.host = host;
    this.namespace = namespace;
  }

  <T> CompletableFuture<T> submit(Callable<T> task) {
    Result<T> result = new Result<>();
    String name = "lab-" + host + "-" + count.incrementAndGet();
    Thread thread = Namespace.daemon(() -> run(task, result), name);
    result.thread = thread;
    threads.add(thread);
    thread.start();
    return result;
  }

  private <T> void run(Callable<T> task, CompletableFuture<T> result) {
    try {
      namespace.enter();
      result.complete(task.call());
    } catch (Throwable e) {
      // Assertions fail with errors: they, too, belong to whoever waits.
      result.completeExceptionally(e);
    } finally {
      threads.remove(Thread.currentThread());
    }
  }

  List<String> stop() throws InterruptedException {
    threads.forEach(Thread::interrupt);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    for (Thread thread : threads) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      thread.join(Math.max(1, left));
    }
    return threads.stream().filter(Thread::isAlive).map(LabTasks::describe).toList();
  }

  private static String describe(Thread thread) {
    StringBuilder text = new StringBuilder("task " + thread.getName());
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append("\n      at ").append(frame);
    }
    return text.toString();
  }

  /** A result whose cancellation interrupts the task. */
  private static final class Result<T> extends CompletableFuture<T> {
    private volatile Thread thread = Thread.currentThread();

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled && mayInterruptIfRunning) {
        thread.interrupt();
      }
      return cancelled;
    }
  }
}
