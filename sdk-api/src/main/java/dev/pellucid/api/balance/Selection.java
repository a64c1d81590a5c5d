package dev.pellucid.api.balance;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The choice among the upstreams of one pool. Its methods are called on event loops, on several at
 * once, so its state must be safe for that without locks; they must not block. If {@link #select}
 * throws, the connection is refused and the error logged.
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

  /**
   * A connection goes to the upstream, for balancers that count. Called after each choice.
   *
   * @param upstream what was chosen
   */
  default void opened(Upstream upstream) {}

  /**
   * A connection goes to the upstream no longer: it is over, or could not be established and goes
   * elsewhere. Called once for each {@link #opened}, of the pool's selection of that time: the
   * choice may have been an earlier one's.
   *
   * @param upstream what was chosen, possibly not in this pool
   */
  default void closed(Upstream upstream) {}
}
