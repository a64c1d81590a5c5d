package dev.pellucid.lab;

import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace without a name. One thread keeps it alive, so it is gone when the thread
 * ends, and at the latest with the JVM.
 */
final class Namespace {
  private final ExecutorService keeper;
  private final Thread keeperThread;
  private final long keeperId;
  private final String id;

  private Namespace(ExecutorService keeper, Thread keeperThread, long keeperId, String id) {
    this.keeper = keeper;
    this.keeperThread = keeperThread;
    this.keeperId = keeperId;
    this.id = id;
  }

  /**
   * Makes a namespace.
   *
   * @throws LabUnavailableException if that is not permitted
   */
  static Namespace open(String name) throws IOException, InterruptedException {
    ExecutorService keeper = Executors.newSingleThreadExecutor(task -> daemon(task, "lab-" + name));
    try {
      return on(keeper, () -> unshared(keeper));
    } catch (LinuxException e) {
      keeper.shutdown();
      throw new LabUnavailableException("no network namespace can be made here", e);
    }
  }

  private static Namespace unshared(ExecutorService keeper) throws IOException {
    NetworkNamespace.unshare();
    long thread = NetworkNamespace.threadId();
    return new Namespace(keeper, Thread.currentThread(), thread, idOf(thread));
  }

  /** The namespace of one of this JVM's threads, as the kernel writes it. */
  static String idOf(long thread) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/task/" + thread + "/ns/net")).toString();
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** The namespace as the kernel writes it, for example {@code net:[4026532008]}. */
  String id() {
    return id;
  }

  /** The kernel's number of the thread that keeps it alive. */
  long keeperId() {
    return keeperId;
  }

  /** A file to enter it by, for any process. */
  Path file() {
    return Path.of("/proc/%d/task/%d/ns/net".formatted(ProcessHandle.current().pid(), keeperId));
  }

  /** Moves the calling thread into it, for good. */
  void enter() throws LinuxException {
    NetworkNamespace.enter(file());
  }

  /** Runs something short on the thread that keeps it alive. */
  <T> T onKeeper(Callable<T> task) throws IOException, InterruptedException {
    return on(keeper, task);
  }

  /** Ends the thread that keeps it alive. */
  void release() throws InterruptedException {
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
