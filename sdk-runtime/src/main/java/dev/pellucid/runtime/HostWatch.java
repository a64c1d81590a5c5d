package dev.pellucid.runtime;

import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the host again and again while a proxy runs on it: logs what comes to be in the way, and
 * what no longer is. {@link HostFindings} counts what there is.
 *
 * <p>Looking blocks, so it has a thread of its own. That thread starts at once, and so inherits the
 * network namespace of the thread that makes the watch; one of a dispatcher would inherit that of
 * whoever happened to need it first.
 */
final class HostWatch {
  private static final Logger LOG = LoggerFactory.getLogger(HostWatch.class);

  // Hosts with very many rules or routes take seconds to look at.
  private static final int SHARE = 100;

  private final HostRequirements wanted;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, HostWatch::thread);
  private volatile List<Finding> findings = List.of();

  private HostWatch(HostRequirements wanted) {
    this.wanted = wanted;
  }

  /** A watch that does not look yet. */
  static HostWatch of(HostRequirements wanted) {
    HostWatch watch = new HostWatch(wanted);
    watch.thread.prestartAllCoreThreads();
    return watch;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "host-watch");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Looks whenever that time has passed, and later where looking takes long: it gets a hundredth of
   * a processor. Not at once: the first connections have a cold JVM to themselves.
   *
   * @param found what was found before the listeners were opened
   */
  void start(List<Finding> found, Duration interval) {
    HostFindings.add(this);
    update(found.stream().filter(finding -> finding.type() != FindingType.NO_LISTENER).toList());
    lookAfter(interval, interval);
  }

  private void lookAfter(Duration pause, Duration interval) {
    var unused =
        thread.schedule(
            () -> {
              long start = System.nanoTime();
              try {
                look();
              } finally {
                lookAfter(pause(interval, Duration.ofNanos(System.nanoTime() - start)), interval);
              }
            },
            pause.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** How long not to look after having looked. */
  static Duration pause(Duration interval, Duration took) {
    Duration fair = took.multipliedBy(SHARE);
    return fair.compareTo(interval) > 0 ? fair : interval;
  }

  /**
   * Looks once more.
   *
   * @return completes when it has
   */
  CompletableFuture<Void> lookNow() {
    return CompletableFuture.runAsync(this::look, thread);
  }

  /** Looks no more. May be closed again. */
  void close() {
    thread.shutdownNow();
    HostFindings.remove(this);
  }

  /** What the last look found. */
  List<Finding> findings() {
    return findings;
  }

  private void look() {
    try {
      List<Finding> now = Doctor.examine(wanted, Depth.LOOK);
      if (!thread.isShutdown()) {
        update(now);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (RuntimeException | Error e) { // nobody asks what the task ended with
      LOG.error("cannot look at the host", e);
    }
  }

  /** Tells what is new and what has gone since the last look. */
  void update(List<Finding> now) {
    List<Finding> before = findings;
    findings = now;
    without(now, before).forEach(HostWatch::tell);
    without(before, now).forEach(HostWatch::tellCured);
  }

  /** What is found has the same type and subject as before, though perhaps other values. */
  private static List<Finding> without(List<Finding> all, List<Finding> others) {
    return all.stream()
        .filter(
            finding ->
                others.stream()
                    .noneMatch(
                        other ->
                            other.type() == finding.type()
                                && other.subject().equals(finding.subject())))
        .toList();
  }

  private static void tell(Finding finding) {
    String text =
        "%s (%s): %s; cure: %s"
            .formatted(
                finding.type().id(),
                finding.subject(),
                finding.what().replaceFirst("\\.$", ""),
                String.join("; ", finding.cure().lines().toList()));
    // A proxy that runs with no more rights than it needs may not list the firewall's rules.
    if (finding.type() == FindingType.CANNOT_LOOK) {
      LOG.info(text);
    } else {
      LOG.warn(text);
    }
  }

  private static void tellCured(Finding finding) {
    if (finding.type() != FindingType.CANNOT_LOOK) {
      LOG.info("cured: {} ({})", finding.type().id(), finding.subject());
    }
  }
}
