package dev.pellucid.lab;

import dev.pellucid.runtime.linux.KeptNamespace;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** The network namespace of a lab's host. */
final class Namespace {
  private final KeptNamespace kept;
  private final String id;

  private Namespace(KeptNamespace kept, String id) {
    this.kept = kept;
    this.id = id;
  }

  /**
   * Makes a namespace.
   *
   * @throws LabUnavailableException if that is not permitted
   */
  static Namespace open(String name) throws IOException, InterruptedException {
    try {
      KeptNamespace kept = KeptNamespace.open("lab-" + name);
      return new Namespace(kept, idOf(kept.keeperId()));
    } catch (LinuxException e) {
      throw new LabUnavailableException("no network namespace can be made here", e);
    }
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
    return kept.keeperId();
  }

  /** A file to enter it by, for any process. */
  Path file() {
    return Path.of("/proc/%d/task/%d/ns/net".formatted(ProcessHandle.current().pid(), keeperId()));
  }

  /** Moves the calling thread into it, for good. */
  void enter() throws LinuxException {
    NetworkNamespace.enter(file());
  }

  /** Runs something short on the thread that keeps it alive. */
  <T> T onKeeper(Callable<T> task) throws IOException, InterruptedException {
    return kept.onKeeper(task);
  }

  /** Ends the thread that keeps it alive. */
  void release() throws InterruptedException {
    kept.release();
  }
}
