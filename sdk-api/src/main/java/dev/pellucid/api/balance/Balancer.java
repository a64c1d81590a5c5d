package dev.pellucid.api.balance;

import dev.pellucid.api.Upstream;
import java.util.List;

/**
 * Spreads connections over a pool of upstreams.
 *
 * <p>A balancer knows nothing of health: it proposes, and the pool tells through a predicate which
 * upstreams are usable at the moment.
 */
@FunctionalInterface
public interface Balancer {

  /**
   * Prepares the choice among the upstreams of a pool: rings, weights and the like. Called off the
   * loops, once for each new set of upstreams.
   *
   * @param pool the upstreams, at least one; immutable
   */
  Selection over(List<Upstream> pool);
}
