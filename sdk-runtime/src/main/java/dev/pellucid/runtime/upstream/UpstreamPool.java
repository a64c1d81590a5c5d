package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Connection;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.runtime.plugin.ContextClassLoader;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes connections to the upstreams of a pool, as its balancer chooses. Used by all loops at
 * once, while the upstreams change.
 */
public final class UpstreamPool {
  static final Termination NO_UPSTREAM =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.NO_UPSTREAM);

  private static final Logger log = LoggerFactory.getLogger(UpstreamPool.class);
  private static final Termination FAILED = new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);
  private static final Selection NOTHING = (connection, usable) -> Optional.empty();

  private final Balancer balancer;
  private volatile Snapshot snapshot = new Snapshot(List.of(), NOTHING);

  /** A pool that is empty until its first {@link #update}. */
  public UpstreamPool(Balancer balancer) {
    this.balancer = balancer;
  }

  /** The upstreams, each of them once. */
  public List<Upstream> upstreams() {
    return snapshot.upstreams();
  }

  /**
   * Replaces the upstreams. Connections that are routed stay where they are. What the balancer
   * throws is thrown, and the pool stays as it was. Not to be called on an event loop, because
   * balancers take their time for a new set.
   *
   * @param upstreams an address that is named more than once counts once, with the largest weight
   * @return false if the pool has these upstreams already, in whatever order
   */
  public synchronized boolean update(List<Upstream> upstreams) {
    List<Upstream> wanted = merged(upstreams);
    if (Set.copyOf(wanted).equals(Set.copyOf(snapshot.upstreams()))) {
      return false;
    }
    snapshot = new Snapshot(wanted, selection(wanted));
    return true;
  }

  /** Balancers count by address, and what has failed must not be tried again by another name. */
  private static List<Upstream> merged(List<Upstream> upstreams) {
    Map<InetSocketAddress, Upstream> merged = new LinkedHashMap<>();
    for (Upstream upstream : upstreams) {
      merged.merge(
          upstream.address(),
          upstream,
          (one, other) -> one.weight() >= other.weight() ? one : other);
    }
    return List.copyOf(merged.values());
  }

  /** There is nothing to choose from an empty pool, but connections still end. */
  private Selection selection(List<Upstream> upstreams) {
    if (upstreams.isEmpty()) {
      return snapshot.selection();
    }
    try (ContextClassLoader context = ContextClassLoader.of(balancer)) {
      return Objects.requireNonNull(balancer.over(upstreams), "the balancer's selection");
    }
  }

  /** Chooses an upstream; a connection for which there is none is refused. Never throws. */
  public RoutedConnection route(Connection connection) {
    if (connection.refusal().isPresent()) {
      return RoutedConnection.refused(connection);
    }
    Selection selection = snapshot.selection();
    try {
      Optional<Upstream> chosen = choose(connection, upstream -> true);
      if (chosen.isPresent()) {
        Placement placement = new Placement(this, connection, chosen.get());
        connection.onClose(placement);
        return new RoutedConnection(connection, chosen, placement);
      }
      connection.refuse(NO_UPSTREAM);
    } catch (RuntimeException | Error e) {
      log.error("{} failed on {}", selection, connection, e);
      connection.refuse(FAILED);
    }
    return RoutedConnection.refused(connection);
  }

  /** A choice, which the balancer was told of. */
  Optional<Upstream> choose(Connection connection, Predicate<Upstream> usable) {
    Snapshot now = snapshot;
    if (now.upstreams().isEmpty()) {
      return Optional.empty();
    }
    Optional<Upstream> chosen = now.selection().select(connection, usable).filter(usable);
    chosen.ifPresent(now.selection()::opened);
    return chosen;
  }

  /** Tells the balancer that a connection goes to an upstream no longer. Never throws. */
  void closed(Upstream upstream) {
    Selection selection = snapshot.selection();
    try {
      selection.closed(upstream);
    } catch (RuntimeException | Error e) {
      log.error("{} failed when a connection to {} was over", selection, upstream, e);
    }
  }

  /**
   * What the pool is at a time.
   *
   * @param upstreams each address once
   * @param selection the choice among them; if there are none, that among the last ones
   */
  private record Snapshot(List<Upstream> upstreams, Selection selection) {}
}
