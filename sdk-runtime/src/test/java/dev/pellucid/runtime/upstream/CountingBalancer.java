package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses the first usable upstream, and counts over all its selections. For one thread. */
final class CountingBalancer implements Balancer {
  final List<String> calls = new ArrayList<>();
  boolean failing;
  int selections;

  private final Map<Upstream, Integer> open = new HashMap<>();

  /** How many connections go to an upstream. */
  int open(Upstream upstream) {
    return open.getOrDefault(upstream, 0);
  }

  /** How many connections there are. */
  int open() {
    return open.values().stream().mapToInt(count -> count).sum();
  }

  @Override
  public Selection over(List<Upstream> pool) {
    if (failing) {
      throw new IllegalStateException("thrown by a test's balancer");
    }
    return new First(++selections, pool);
  }

  private final class First implements Selection {
    private final int number;
    private final List<Upstream> pool;

    First(int number, List<Upstream> pool) {
      this.number = number;
      this.pool = pool;
    }

    @Override
    public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
      return pool.stream().filter(usable).findFirst();
    }

    @Override
    public void opened(Upstream upstream) {
      calls.add(number + " opened " + upstream);
      open.merge(upstream, 1, Integer::sum);
    }

    @Override
    public void closed(Upstream upstream) {
      calls.add(number + " closed " + upstream);
      open.merge(upstream, -1, Integer::sum);
    }
  }
}
