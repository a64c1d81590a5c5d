package dev.pellucid.plugin.randomtwo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import dev.pellucid.testkit.WeightedBalancerContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomTwoTest extends WeightedBalancerContract {
  private static final Connection ANY = FakeConnection.create();

  @Override
  protected Balancer balancer() {
    return new RandomTwo();
  }

  /** One drawn at random would have 130 instead of 100 now and then. */
  @Test
  void loadsStayNearlyEven() {
    List<Upstream> pool = pool(1_000);
    Selection selection = balancer().over(pool);
    Map<Upstream, Integer> chosen = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      Upstream upstream = selection.select(ANY, any -> true).orElseThrow();
      chosen.merge(upstream, 1, Integer::sum);
      selection.opened(upstream);
    }
    assertTrue(chosen.values().stream().allMatch(count -> count > 85 && count < 110));
  }

  @Test
  void ofTwoItTakesTheLessLoaded() {
    List<Upstream> pool = pool(2);
    Balancer balancer = balancer();
    Selection selection = balancer.over(pool);
    selection.opened(pool.get(0));
    assertTakesMostly(pool.get(1), selection);

    Selection after = balancer.over(pool);
    assertTakesMostly(pool.get(1), after);
    after.opened(pool.get(1));
    after.opened(pool.get(1));
    assertTakesMostly(pool.get(0), after);
  }

  /** The same is drawn nine times once in 256 times. */
  private static void assertTakesMostly(Upstream upstream, Selection selection) {
    long taken =
        IntStream.range(0, 1_000)
            .filter(i -> selection.select(ANY, any -> true).equals(Optional.of(upstream)))
            .count();
    assertTrue(taken > 950, () -> taken + " of 1000");
  }

  @Test
  void theServiceLoaderFindsIt() {
    BalancerFactory factory =
        ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().balancers().get(0);
    assertEquals("random-two", factory.type());
    Balancer balancer =
        factory.create(
            new Settings(ConfigFactory.empty()), new PluginContext("web", Transport.TCP, Set.of()));
    assertFalse(balancer.over(pool(1)).select(ANY, any -> true).isEmpty());
  }

  private static List<Upstream> pool(int size) {
    return IntStream.range(0, size).mapToObj(i -> Upstream.of(server(i))).toList();
  }
}
