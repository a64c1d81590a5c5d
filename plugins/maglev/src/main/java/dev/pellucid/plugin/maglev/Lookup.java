package dev.pellucid.plugin.maglev;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.AddressHash;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.balance.Rendezvous;
import dev.pellucid.api.balance.Selection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Looks clients up in the table. */
final class Lookup implements Selection {
  /** With half of the upstreams unusable, one client in a thousand tries all of them in vain. */
  private static final int TRIES = 10;

  private final ClientHash clients;
  private final List<Upstream> pool;
  private final int[] table;
  private final Rendezvous otherwise;

  Lookup(ClientHash clients, List<Upstream> pool) {
    this.clients = clients;
    this.pool = pool;
    this.table = Table.of(pool);
    this.otherwise = new Rendezvous(pool);
  }

  /**
   * A client whose upstream is not usable looks in other places, which are its own: so the clients
   * of that upstream spread over all others.
   */
  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    long client = clients.of(connection);
    long hash = client;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      Upstream upstream = pool.get(table[entry(hash)]);
      if (usable.test(upstream)) {
        return Optional.of(upstream);
      }
      hash = AddressHash.again(client, attempt);
    }
    return otherwise.choose(client, usable);
  }

  /** The upper half of a product instead of a remainder, which takes ten times as long. */
  private int entry(long hash) {
    return (int) (((hash >>> Integer.SIZE) * table.length) >>> Integer.SIZE);
  }
}
