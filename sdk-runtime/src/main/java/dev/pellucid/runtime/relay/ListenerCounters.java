package dev.pellucid.runtime.relay;

import dev.pellucid.api.Termination;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a listener has counted, over all of its loops. May be used on any thread. */
public final class ListenerCounters {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder aborted = new LongAdder();
  private final LongAdder pauses = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final Map<Termination, LongAdder> terminations = new ConcurrentHashMap<>();

  void countAccepted() {
    accepted.increment();
  }

  void countAborted() {
    aborted.increment();
  }

  void countPause() {
    pauses.increment();
  }

  void countDropped(int datagrams) {
    dropped.add(datagrams);
  }

  void countEnd(Termination termination) {
    LongAdder counter = terminations.get(termination);
    if (counter == null) {
      counter = terminations.computeIfAbsent(termination, first -> new LongAdder());
    }
    counter.increment();
  }

  /** Connections accepted. */
  public long accepted() {
    return accepted.sum();
  }

  /** Connections that were gone before they could be accepted. */
  public long aborted() {
    return aborted.sum();
  }

  /** How often accepting paused for want of a descriptor. */
  public long pauses() {
    return pauses.sum();
  }

  /**
   * Datagrams that were dropped because something was full, a queue, the limit or a socket, or
   * because they came faster than a bandwidth limit allows.
   */
  public long dropped() {
    return dropped.sum();
  }

  /** How many connections ended in each way, by {@link Termination#toString}. */
  public Map<String, Long> terminations() {
    Map<String, Long> counts = new TreeMap<>();
    terminations.forEach(
        (termination, count) -> {
          long sum = count.sum();
          // A way is entered a moment before its first connection is counted.
          if (sum > 0) {
            counts.put(termination.toString(), sum);
          }
        });
    return counts;
  }
}
