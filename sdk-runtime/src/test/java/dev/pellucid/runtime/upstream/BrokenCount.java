package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Selection;
import java.util.Optional;
import java.util.function.Predicate;

/** Always chooses the same, and fails when a connection is over. */
record BrokenCount(Upstream upstream) implements Selection {

  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    return Optional.of(upstream);
  }

  @Override
  public void closed(Upstream closed) {
    throw new IllegalStateException("thrown by a test's selection");
  }
}
