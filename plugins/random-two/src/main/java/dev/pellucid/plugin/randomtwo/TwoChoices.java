package dev.pellucid.plugin.randomtwo;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.OpenConnections;
import dev.pellucid.api.balance.OpenConnections.Count;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.api.balance.WeightedDraw;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** Takes the less loaded of two usable upstreams. */
final class TwoChoices implements Selection {
  /** Enough to find a second one of two; where one has nearly all the weight, it may stay alone. */
  private static final int DRAWS = 8;

  private final List<Upstream> pool;
  private final OpenConnections connections;
  private final Count[] counts;
  private final WeightedDraw draw;

  TwoChoices(List<Upstream> pool, OpenConnections connections) {
    this.pool = pool;
    this.connections = connections;
    this.counts = connections.of(pool).toArray(Count[]::new);
    this.draw = new WeightedDraw(pool);
  }

  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    OptionalInt first = draw.any(usable);
    return first.isPresent()
        ? Optional.of(pool.get(lessLoaded(first.getAsInt(), usable)))
        : Optional.empty();
  }

  private int lessLoaded(int first, Predicate<Upstream> usable) {
    for (int i = 0; i < DRAWS; i++) {
      int second = draw.any();
      if (second != first && usable.test(pool.get(second))) {
        return less(second, first) ? second : first;
      }
    }
    return first;
  }

  private boolean less(int one, int other) {
    return (counts[one].open() + 1L) * pool.get(other).weight()
        < (counts[other].open() + 1L) * pool.get(one).weight();
  }

  @Override
  public void opened(Upstream upstream) {
    connections.opened(upstream);
  }

  @Override
  public void closed(Upstream upstream) {
    connections.closed(upstream);
  }
}
