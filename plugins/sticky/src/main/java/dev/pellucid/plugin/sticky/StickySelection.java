package dev.pellucid.plugin.sticky;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.api.balance.WeightedDraw;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Sends clients to the upstreams they are remembered with, others to any. */
final class StickySelection implements Selection {
  private final ClientHash clients;
  private final StickTable table;
  private final LongSupplier nanoTime;
  private final List<Upstream> pool;
  private final Map<InetSocketAddress, Upstream> byAddress = new HashMap<>();
  private final WeightedDraw draw;

  StickySelection(
      ClientHash clients, StickTable table, LongSupplier nanoTime, List<Upstream> pool) {
    this.clients = clients;
    this.table = table;
    this.nanoTime = nanoTime;
    this.pool = pool;
    this.draw = new WeightedDraw(pool);
    pool.forEach(upstream -> byAddress.put(upstream.address(), upstream));
  }

  /** It starts anew when another loop has changed this part of the table meanwhile. */
  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    long client = clients.of(connection);
    long now = nanoTime.getAsLong();
    while (true) {
      Visits visits = table.of(client);
      Visit visit = visits.find(client);
      Upstream known = visit == null || table.expired(visit, now) ? null : upstream(visit);
      if (visit != null && known != null && usable.test(known)) {
        visit.seen(now);
        return Optional.of(known);
      }
      OptionalInt drawn = draw.any(usable);
      if (drawn.isEmpty()) {
        return Optional.empty();
      }
      Upstream chosen = pool.get(drawn.getAsInt());
      if (table.remember(visits, new Visit(client, chosen.address(), now), now)) {
        return Optional.of(chosen);
      }
    }
  }

  private @Nullable Upstream upstream(Visit visit) {
    return byAddress.get(visit.upstream());
  }
}
