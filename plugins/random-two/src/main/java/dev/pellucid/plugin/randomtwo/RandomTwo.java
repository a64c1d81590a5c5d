package dev.pellucid.plugin.randomtwo;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.OpenConnections;
import dev.pellucid.api.balance.Selection;
import java.util.List;

/**
 * Draws two upstreams at random, as often as their weights say, and takes the one that will then
 * have fewer connections for its weight: (connections + 1) / weight. That keeps loads nearly as
 * even as the fewest of all would. Several proxies that do so do not all run to the same upstream,
 * as they would if each looked for the least loaded one.
 *
 * <p>It counts what goes through this balancer, across changes of its pool.
 */
public final class RandomTwo implements Balancer {
  private final OpenConnections connections = new OpenConnections();

  /** A balancer for one pool. */
  public RandomTwo() {}

  @Override
  public Selection over(List<Upstream> pool) {
    return new TwoChoices(pool, connections);
  }
}
