package dev.pellucid.runtime.loop;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for code that holds an event loop, and with it every connection there, for too long. It
 * samples the stacks of loops that have been busy for longer than a threshold and logs the plugin
 * or stage it finds there, once for each turn of the loop. A turn may be long for other reasons, so
 * the same method has to be found twice.
 */
public final class LoopWatchdog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LoopWatchdog.class);

  /** Code that a loop is expected to run; whatever else is on its stack came from outside. */
  private static final List<String> OWN =
      List.of(
          "java.",
          "jdk.",
          "sun.",
          "scala.",
          "org.apache.pekko.",
          "org.slf4j.",
          "jnr.",
          "com.kenai.jffi.",
          "dev.pellucid.api.",
          "dev.pellucid.runtime.",
          "dev.pellucid.javadsl.");

  private final List<Watched> watched;
  private final long thresholdNanos;
  private final Thread thread;
  private volatile boolean closed;

  private LoopWatchdog(List<EventLoop> loops, Duration threshold) {
    this.watched = loops.stream().map(Watched::new).toList();
    this.thresholdNanos = threshold.toNanos();
    this.thread = new Thread(this::watch, "loop-watchdog");
    this.thread.setDaemon(true);
  }

  /**
   * Starts to watch some loops, on a thread of its own.
   *
   * @param threshold how long one turn of a loop may take
   */
  public static LoopWatchdog start(List<EventLoop> loops, Duration threshold) {
    LoopWatchdog watchdog = new LoopWatchdog(loops, threshold);
    watchdog.thread.start();
    return watchdog;
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(thresholdNanos / 2);
      watched.forEach(this::look);
    }
  }

  private void look(Watched watched) {
    long since = watched.loop.busySince();
    long held = System.nanoTime() - since;
    if (since == 0 || since == watched.reported || held < thresholdNanos) {
      return;
    }
    Optional<StackTraceElement> culprit = culprit(watched.loop.stackTrace());
    if (culprit.isPresent() && watched.suspectedTwice(since, culprit.get())) {
      watched.reported = since;
      log.warn(
          "{} has been held for {} ms by {}; nothing that runs on a loop may block",
          watched.loop,
          Duration.ofNanos(held).toMillis(),
          culprit.get());
    }
  }

  /** The innermost frame that came from outside; it names the method, and its plugin's loader. */
  private static Optional<StackTraceElement> culprit(StackTraceElement[] stack) {
    return Stream.of(stack)
        .filter(frame -> OWN.stream().noneMatch(frame.getClassName()::startsWith))
        .findFirst();
  }

  /** What is known of one loop; belongs to the watchdog's thread. */
  private static final class Watched {
    private final EventLoop loop;
    private long reported;
    private long suspectedSince;
    private String suspect = "";

    Watched(EventLoop loop) {
      this.loop = loop;
    }

    boolean suspectedTwice(long since, StackTraceElement culprit) {
      String method = culprit.getClassName() + "." + culprit.getMethodName();
      boolean again = since == suspectedSince && method.equals(suspect);
      suspectedSince = since;
      suspect = method;
      return again;
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
