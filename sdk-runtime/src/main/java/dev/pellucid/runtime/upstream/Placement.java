package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Connection;
import dev.pellucid.api.RoutedConnection.Alternatives;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Upstream;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a connection of a pool goes at the moment. The pool's balancer hears of each upstream it
 * leaves, once. Belongs to the connection's loop.
 */
final class Placement implements Alternatives, Consumer<Termination> {
  private static final Logger log = LoggerFactory.getLogger(Placement.class);

  private final UpstreamPool pool;
  private final Connection connection;

  /** Null when the connection is over. */
  private @Nullable Upstream upstream;

  Placement(UpstreamPool pool, Connection connection, Upstream upstream) {
    this.pool = pool;
    this.connection = connection;
    this.upstream = upstream;
  }

  /** Moves the connection, if there is somewhere to go. Never throws. */
  @Override
  public Optional<Upstream> next(Set<Upstream> failed) {
    Upstream left = upstream;
    if (left == null) {
      return Optional.empty();
    }
    try {
      Optional<Upstream> next = pool.choose(connection, other -> !failed.contains(other));
      if (next.isPresent()) {
        upstream = next.get();
        pool.closed(left);
      }
      return next;
    } catch (RuntimeException | Error e) {
      log.error("the balancer failed on a retry of {}", connection, e);
      return Optional.empty();
    }
  }

  /** The connection is over. */
  @Override
  public void accept(Termination termination) {
    Upstream last = upstream;
    upstream = null;
    if (last != null) {
      pool.closed(last);
    }
  }
}
