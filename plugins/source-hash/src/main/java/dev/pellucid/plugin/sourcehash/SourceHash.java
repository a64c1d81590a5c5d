package dev.pellucid.plugin.sourcehash;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.balance.Selection;
import java.util.List;

/**
 * Consistent hashing: each upstream has 160 points for each unit of its weight on a ring of hashes,
 * and a client goes to the upstream of the point that follows the hash of its address. When an
 * upstream is added or removed, or is not usable, no client moves but those that come from or go to
 * it. The order of the pool does not matter, and every proxy with the same pool chooses the same.
 *
 * <p>That is exact while the weights add up to no more than 6,553. The ring has about a million
 * points at most: beyond that, a unit of weight has half as many, a quarter, and so on.
 */
public final class SourceHash implements Balancer {
  private final ClientHash clients;

  /**
   * A balancer; it keeps no state of its own, so one serves any number of pools.
   *
   * @param clients tells clients apart
   */
  public SourceHash(ClientHash clients) {
    this.clients = clients;
  }

  @Override
  public Selection over(List<Upstream> pool) {
    return new Ring(clients, pool);
  }
}
