package dev.pellucid.api.balance;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The choice among the upstreams of one pool. Called on event loops, on several at once, so its
 * state must be safe for that without locks; it must not block. If it throws, the connection is
 * refused and the error logged.
 */
@FunctionalInterface
public interface Selection {

  /**
   * Chooses the upstream of a connection.
   *
   * @param connection the connection to place
   * @param usable whether an upstream may be chosen now: healthy, and not tried in vain before
   * @return a usable upstream of the pool, or empty if none is usable
   */
  Optional<Upstream> select(Connection connection, Predicate<Upstream> usable);
}
