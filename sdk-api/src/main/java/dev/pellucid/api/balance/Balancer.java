package dev.pellucid.api.balance;

import dev.pellucid.api.Upstream;
import java.util.List;

/**
 * Spreads connections over a pool of upstreams.
 *
 * <p>A balancer knows nothing of health: it proposes, and the pool tells through a predicate which
 * upstreams are usable at the moment. When the upstreams of a pool change, it is asked for a new
 * selection; what has to outlive the change belongs into the balancer.
 */
@FunctionalInterface
public interface Balancer extends AutoCloseable {

  /**
   * Prepares the choice among the upstreams of a pool: rings, weights and the like. Called off the
   * loops, once for each new set of upstreams.
   *
   * @param pool the upstreams, at least one; immutable
   */
  Selection over(List<Upstream> pool);

  /** Called once, after the last connection was placed. */
  @Override
  default void close() {}
}
