package dev.pellucid.runtime.linux;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace without a name. One thread keeps it alive, so it is gone when the thread
 * ends, and at the latest with the JVM. May be used on any thread.
 */
public final class KeptNamespace {
  private final ExecutorService keeper;
  private final Thread keeperThread;
  private final long keeperId;

  private KeptNamespace(ExecutorService keeper, Thread keeperThread, long keeperId) {
    this.keeper = keeper;
    this.keeperThread = keeperThread;
    this.keeperId = keeperId;
  }

  /**
   * Makes a namespace.
   *
   * @param name what to call the thread
   * @throws LinuxException if this process may not; it takes CAP_SYS_ADMIN
   */
  public static KeptNamespace open(String name) throws IOException, InterruptedException {
    ExecutorService keeper = Executors.newSingleThreadExecutor(task -> daemon(task, name));
    try {
      return on(keeper, () -> unshared(keeper));
    } catch (IOException e) {
      keeper.shutdown();
      throw e;
    }
  }

  private static KeptNamespace unshared(ExecutorService keeper) throws IOException {
    NetworkNamespace.unshare();
    return new KeptNamespace(keeper, Thread.currentThread(), NetworkNamespace.threadId());
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** The kernel's number of the thread that keeps it alive. */
  public long keeperId() {
    return keeperId;
  }

  /** Runs something short on the thread that keeps it alive, and waits for it. */
  public <T> T onKeeper(Callable<T> task) throws IOException, InterruptedException {
    return on(keeper, task);
  }

  /** Ends the thread that keeps it alive, and waits for its end. */
  public void release() throws InterruptedException {
    keeper.shutdown();
    keeperThread.join();
  }

  private static <T> T on(ExecutorService keeper, Callable<T> task)
      throws IOException, InterruptedException {
    try {
      return keeper.submit(task).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
