package dev.pellucid.plugin.maglev;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.balance.Selection;
import java.util.List;

/**
 * Maglev hashing: upstreams take the entries of a table in turn, as often as their weights say and
 * each in an order of its own; a client goes to the upstream of the entry that the hash of its
 * address says. The shares are as exact as the entries can be counted, and when an upstream is
 * added or removed, few clients move other than those that have to. The order of the pool does not
 * matter, and every proxy with the same pool chooses the same.
 *
 * <p>While an upstream is not usable, only its own clients move, evenly to all others. The table
 * has 65,537 entries, or about twice as many and so on until there are 100 for each upstream: with
 * the change of the pool that brings it another size (the 656th upstream, the 1,312th …), most
 * clients move.
 *
 * @see <a href="https://research.google/pubs/pub44824/">Maglev: A Fast and Reliable Software
 *     Network Load Balancer</a>
 */
public final class Maglev implements Balancer {
  private final ClientHash clients;

  /**
   * A balancer; it keeps no state of its own, so one serves any number of pools.
   *
   * @param clients tells clients apart
   */
  public Maglev(ClientHash clients) {
    this.clients = clients;
  }

  @Override
  public Selection over(List<Upstream> pool) {
    return new Lookup(clients, pool);
  }
}
