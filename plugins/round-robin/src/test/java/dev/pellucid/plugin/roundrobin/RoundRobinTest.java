package dev.pellucid.plugin.roundrobin;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.pellucid.testkit.WeightedBalancerContract;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RoundRobinTest extends WeightedBalancerContract {
  /** Round robin asks nothing of a connection: every call to this one fails. */
  private static final Connection ANY =
      (Connection)
          Proxy.newProxyInstance(
              RoundRobinTest.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                throw new AssertionError(method + " was called");
              });

  @Override
  protected Balancer balancer() {
    return new RoundRobin();
  }

  @Test
  void turnsOfOneUpstreamAreSpreadOverTheRound() {
    List<Upstream> pool = pool(List.of(5, 1, 1));
    assertEquals(List.of(0, 0, 1, 0, 2, 0, 0), positions(pool, Rounds.smooth(pool)));
  }

  @Test
  void aCommonDivisorDoesNotLengthenTheRound() {
    assertEquals(3, Rounds.smooth(pool(List.of(2000, 1000))).size());
  }

  @Test
  void hugeWeightsAreScaledDownAndEveryUpstreamKeepsATurn() {
    List<Upstream> round = Rounds.smooth(pool(List.of(Integer.MAX_VALUE, 1, 1_000_000_000)));
    assertTrue(round.size() < 70_000, () -> "turns: " + round.size());
    assertEquals(3, round.stream().distinct().count());
  }

  @Property(tries = 200)
  void usableUpstreamsShareAccordingToTheirWeights(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 12) Integer> weights,
      @ForAll @Size(6) List<Boolean> up) {
    List<Upstream> pool = pool(weights);
    Predicate<Upstream> usable = upstream -> up.get(pool.indexOf(upstream));
    List<Upstream> round = Rounds.smooth(pool);
    Selection selection = new RoundRobin().over(pool);
    long turns = round.stream().filter(usable).count();

    Map<Upstream, Long> chosen =
        Stream.generate(() -> selection.select(ANY, usable))
            .limit(turns)
            .map(Optional::orElseThrow)
            .collect(groupingBy(upstream -> upstream, counting()));

    long divisor = weights.stream().mapToLong(Integer::intValue).sum() / round.size();
    assertEquals(
        pool.stream()
            .filter(usable)
            .collect(toMap(upstream -> upstream, upstream -> upstream.weight() / divisor)),
        chosen);
  }

  /** Nearly all of the 65,536 turns of a round. */
  @Test
  void whenNearlyAllTurnsFallToAnUnusableUpstreamTheOthersShareThem() {
    List<Upstream> pool = pool(List.of(1_000_000_000, 1, 2));
    Selection selection = new RoundRobin().over(pool);
    long last =
        Stream.generate(() -> selection.select(ANY, upstream -> !upstream.equals(pool.get(0))))
            .limit(3_000)
            .filter(chosen -> chosen.equals(Optional.of(pool.get(2))))
            .count();
    assertTrue(last > 1_850 && last < 2_150, () -> last + " of 3000");
  }

  @Test
  void noUsableUpstreamIsNoChoice() {
    Selection selection = new RoundRobin().over(pool(List.of(1, 2)));
    assertEquals(Optional.empty(), selection.select(ANY, upstream -> false));
  }

  @Test
  void theOnlyUsableUpstreamIsFoundWhileOthersTakeTurns() throws InterruptedException {
    List<Upstream> pool = pool(List.of(1, 1));
    Selection selection = new RoundRobin().over(pool);
    List<Thread> threads = new ArrayList<>();
    List<Boolean> found = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 2; i++) {
      threads.add(new Thread(() -> found.add(alwaysFinds(selection, pool.get(1)))));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(true, true), found);
  }

  @Test
  void theServiceLoaderFindsIt() {
    BalancerFactory factory =
        ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().balancers().get(0);
    assertEquals("round-robin", factory.type());
    Balancer balancer =
        factory.create(
            new Settings(ConfigFactory.empty()), new PluginContext("web", Transport.TCP, Set.of()));
    List<Upstream> pool = pool(List.of(1));
    assertEquals(Optional.of(pool.get(0)), balancer.over(pool).select(ANY, upstream -> true));
  }

  private static boolean alwaysFinds(Selection selection, Upstream only) {
    return IntStream.range(0, 50_000)
        .allMatch(i -> selection.select(ANY, only::equals).equals(Optional.of(only)));
  }

  private static List<Integer> positions(List<Upstream> pool, List<Upstream> round) {
    return round.stream().map(pool::indexOf).toList();
  }

  private static List<Upstream> pool(List<Integer> weights) {
    return IntStream.range(0, weights.size())
        .mapToObj(i -> new Upstream(new InetSocketAddress("10.2.0." + (i + 1), 80), weights.get(i)))
        .toList();
  }
}
