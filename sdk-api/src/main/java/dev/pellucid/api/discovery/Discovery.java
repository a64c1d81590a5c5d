package dev.pellucid.api.discovery;

import dev.pellucid.api.Upstream;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/** Finds the upstreams of a pool, and goes on to tell when they change. */
@FunctionalInterface
public interface Discovery extends AutoCloseable {

  /**
   * The upstreams. Each element is the whole pool; one that equals the last is ignored. The order
   * does not matter, an address that is named more than once counts once, with the largest weight,
   * and an empty pool refuses its connections.
   *
   * <p>Called once, before the listener opens, off the event loops. The stream runs on a dispatcher
   * where it may block, and is asked for the next element when the pool has taken the last. This
   * method is called with the plugin's class loader as the thread's context class loader, the
   * stream's own code is not.
   *
   * <ul>
   *   <li>The listener opens when the first element is there. If the stream fails before that, or
   *       lets too long a time pass, the proxy does not start.
   *   <li>If it fails later, the pool stays as it is, the error is logged, and the stream is run
   *       again after a pause.
   *   <li>If it completes, the pool stays as it is for good.
   * </ul>
   */
  Source<List<Upstream>, NotUsed> upstreams();

  /** Called once, after the stream was cancelled. */
  @Override
  default void close() {}
}
