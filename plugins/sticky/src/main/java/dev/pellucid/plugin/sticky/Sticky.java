package dev.pellucid.plugin.sticky;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.balance.Selection;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Remembers which upstream a client went to, and sends it there again. A client that is new, or
 * whose upstream is gone or not usable, goes to one drawn at random, as often as its weight says,
 * and stays with that one. A change of the pool moves no client whose upstream is still there: not
 * even an upstream that is added.
 *
 * <p>A client is forgotten when it has made no connection for some time, or when there are too many
 * others; and all are when the proxy ends.
 */
public final class Sticky implements Balancer {
  private final ClientHash clients;
  private final StickTable table;
  private final LongSupplier nanoTime;

  /**
   * A balancer for one pool.
   *
   * @param clients tells clients apart
   * @param expire how long a client is remembered after its last new connection
   * @param size how many clients are remembered; it can be up to twice as many
   */
  public Sticky(ClientHash clients, Duration expire, int size) {
    this(clients, expire, size, System::nanoTime);
  }

  Sticky(ClientHash clients, Duration expire, int size, LongSupplier nanoTime) {
    this.clients = clients;
    this.table = new StickTable(expire.toNanos(), size);
    this.nanoTime = nanoTime;
  }

  @Override
  public Selection over(List<Upstream> pool) {
    return new StickySelection(clients, table, nanoTime, pool);
  }
}
