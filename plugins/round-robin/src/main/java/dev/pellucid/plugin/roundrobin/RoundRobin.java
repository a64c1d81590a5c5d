package dev.pellucid.plugin.roundrobin;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.Selection;
import java.util.List;

/**
 * Lets the upstreams of a pool take turns. In each round an upstream has as many turns as its
 * weight says, spread over the round as evenly as they go: weights 3 and 1 make A A B A, not A A A
 * B. The turns of an upstream that is not usable fall to the others, each according to its weight.
 *
 * <p>Weights are exact as long as those of a pool, divided by their greatest common divisor, add up
 * to no more than 65,536; beyond that they are scaled down.
 */
public final class RoundRobin implements Balancer {

  /** A balancer; it keeps no state of its own, so one serves any number of pools. */
  public RoundRobin() {}

  @Override
  public Selection over(List<Upstream> pool) {
    return new Turns(pool);
  }
}
