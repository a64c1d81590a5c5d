package dev.pellucid.api.log;

import dev.pellucid.api.ConnectionSummary;
import java.util.List;

/**
 * Records connections that are over.
 *
 * <p>Called on ordinary threads, never on an event loop, so it may format and write at leisure. The
 * batches of one pipeline come one at a time and in order; several pipelines, one per loop, may
 * call at once. While a log is slow its pipeline accepts more slowly: nothing is dropped. If it
 * throws, the error is logged and the batch is lost.
 */
@FunctionalInterface
public interface AccessLog extends AutoCloseable {

  /**
   * Records some connections.
   *
   * @param summaries one or more summaries, in the order in which the connections ended; immutable
   */
  void log(List<ConnectionSummary> summaries);

  /** Called once, after the last batch. */
  @Override
  default void close() {}
}
