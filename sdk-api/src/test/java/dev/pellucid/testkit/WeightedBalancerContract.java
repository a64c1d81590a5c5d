package dev.pellucid.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What a balancer has to keep to whose upstreams get shares as their weights say. */
public abstract class WeightedBalancerContract extends BalancerContract {
  private static final int CHOICES = 50_000;

  /** Of connections that stay open, each of a client of its own. */
  @Property(tries = 20)
  void sharesAreWithinOnePercentOfTheWeights(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 100) Integer> weights,
      @ForAll @IntRange(max = 1_048_575) int unusable) {
    List<Upstream> pool =
        IntStream.range(0, weights.size())
            .mapToObj(i -> new Upstream(server(i), weights.get(i)))
            .toList();
    List<Upstream> usable = new ArrayList<>(pool);
    usable.removeIf(upstream -> ((unusable >> pool.indexOf(upstream)) & 1) == 1);

    Map<Upstream, Integer> chosen = new HashMap<>();
    Selection selection = balancer().over(pool);
    for (int client = 0; client < CHOICES; client++) {
      selection
          .select(client(client), usable::contains)
          .ifPresent(
              upstream -> {
                selection.opened(upstream);
                chosen.merge(upstream, 1, Integer::sum);
              });
    }

    double sum = usable.stream().mapToInt(Upstream::weight).sum();
    for (Upstream upstream : usable) {
      assertEquals(
          upstream.weight() / sum * CHOICES,
          chosen.getOrDefault(upstream, 0),
          CHOICES / 100,
          () -> upstream + " of " + usable);
    }
  }
}
