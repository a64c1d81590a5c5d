package dev.pellucid.plugin.leastconnections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LeastConnectionsTest extends WeightedBalancerContract {
  private static final Connection ANY = FakeConnection.create();

  @Override
  protected Balancer balancer() {
    return new LeastConnections();
  }

  @Property(tries = 40)
  void choosesTheLeastLoadedOfTheUsableUpstreams(
      @ForAll @IntRange(min = 1, max = 300) int size,
      @ForAll @IntRange(min = 1, max = 100) int percent,
      @ForAll Random random) {
    List<Upstream> pool = pool(size, random);
    Set<Upstream> usable = new HashSet<>(pool);
    usable.removeIf(upstream -> random.nextInt(100) > percent);
    Selection selection = balancer().over(pool);
    Bookkeeping open = new Bookkeeping(selection);
    for (int i = 0; i < 500; i++) {
      open.someChange(pool, random);
      open.assertLeastLoaded(usable, selection.select(ANY, usable::contains));
    }
  }

  /** With connections too short to meet, and with some that last a while. */
  @Property(tries = 40)
  void upstreamsOfEqualLoadTakeTurns(
      @ForAll @IntRange(min = 1, max = 1_000) int size, @ForAll @IntRange(max = 3) int atOnce) {
    List<Upstream> pool = pool(size);
    Selection selection = balancer().over(pool);
    Queue<Upstream> open = new ArrayDeque<>();
    Map<Upstream, Integer> chosen = new HashMap<>();
    for (int i = 0; i < 5 * size; i++) {
      Upstream upstream = selection.select(ANY, any -> true).orElseThrow();
      chosen.merge(upstream, 1, Integer::sum);
      selection.opened(upstream);
      open.add(upstream);
      if (open.size() > atOnce) {
        selection.closed(open.remove());
      }
    }
    assertEquals(Collections.nCopies(size, 5), List.copyOf(chosen.values()));
  }

  @Test
  void anUnusableUpstreamLeavesItsTurnsToAllOthers() {
    List<Upstream> pool = pool(100);
    Selection selection = balancer().over(pool);
    Map<Upstream, Integer> chosen = new HashMap<>();
    for (int i = 0; i < 99 * 5; i++) {
      Upstream upstream =
          selection.select(ANY, candidate -> !candidate.equals(pool.get(40))).orElseThrow();
      chosen.merge(upstream, 1, Integer::sum);
      selection.opened(upstream);
      selection.closed(upstream);
    }
    assertEquals(Collections.nCopies(99, 5), List.copyOf(chosen.values()));
  }

  @Test
  void countsOutliveAChangeOfThePool() {
    Upstream busy = Upstream.of(server(1));
    Balancer balancer = balancer();
    Selection before = balancer.over(List.of(busy));
    before.opened(busy);
    before.opened(busy);

    Upstream heavier = new Upstream(server(1), 2);
    Upstream other = Upstream.of(server(2));
    Selection after = balancer.over(List.of(heavier, other));
    assertEquals(Optional.of(other), after.select(ANY, any -> true));
    after.closed(busy);
    after.closed(busy);
    assertEquals(Optional.of(heavier), after.select(ANY, any -> true));
  }

  @Test
  void afterManyLoopsHaveChangedThemTheLoadsAndTheirMinimaAreRight() throws Exception {
    for (int round = 0; round < 20; round++) {
      List<Upstream> pool = pool(50, new Random(round));
      Selection selection = balancer().over(pool);
      List<CompletableFuture<List<Upstream>>> loops =
          IntStream.range(0, 4)
              .mapToObj(seed -> CompletableFuture.supplyAsync(() -> leftOpen(selection, seed)))
              .toList();
      Bookkeeping open = new Bookkeeping(selection);
      for (CompletableFuture<List<Upstream>> loop : loops) {
        open.already.addAll(loop.get(60, TimeUnit.SECONDS));
      }
      for (int i = 0; i < 200; i++) {
        Optional<Upstream> least = selection.select(ANY, any -> true);
        open.assertLeastLoaded(Set.copyOf(pool), least);
        open.opened(least.orElseThrow());
      }
      open.closeAll();
      open.assertLeastLoaded(Set.copyOf(pool), selection.select(ANY, any -> true));
    }
  }

  /** A loop's work: it returns what it leaves open. */
  private static List<Upstream> leftOpen(Selection selection, int seed) {
    Random random = new Random(seed);
    List<Upstream> open = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      if (open.size() > 100 || (!open.isEmpty() && random.nextBoolean())) {
        selection.closed(open.remove(random.nextInt(open.size())));
      } else {
        Upstream chosen = selection.select(ANY, any -> true).orElseThrow();
        selection.opened(chosen);
        open.add(chosen);
      }
    }
    return open;
  }

  @Test
  void theServiceLoaderFindsIt() {
    BalancerFactory factory =
        ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().balancers().get(0);
    assertEquals("least-connections", factory.type());
    Balancer balancer =
        factory.create(
            new Settings(ConfigFactory.empty()), new PluginContext("web", Transport.TCP, Set.of()));
    assertFalse(balancer.over(pool(1)).select(ANY, any -> true).isEmpty());
  }

  private static List<Upstream> pool(int size) {
    return Stream.iterate(0, i -> i < size, i -> i + 1).map(i -> Upstream.of(server(i))).toList();
  }

  private static List<Upstream> pool(int size, Random random) {
    return IntStream.range(0, size)
        .mapToObj(i -> new Upstream(server(i), 1 + random.nextInt(5)))
        .toList();
  }

  /** What is open, as a list: slow, and surely right. */
  private static final class Bookkeeping {
    private final Selection selection;
    private final List<Upstream> already = new ArrayList<>();

    Bookkeeping(Selection selection) {
      this.selection = selection;
    }

    void someChange(List<Upstream> pool, Random random) {
      if (already.isEmpty() || random.nextInt(3) > 0) {
        opened(pool.get(random.nextInt(pool.size())));
      } else {
        selection.closed(already.remove(random.nextInt(already.size())));
      }
    }

    void opened(Upstream upstream) {
      selection.opened(upstream);
      already.add(upstream);
    }

    void closeAll() {
      already.forEach(selection::closed);
      already.clear();
    }

    void assertLeastLoaded(Set<Upstream> usable, Optional<Upstream> chosen) {
      assertEquals(usable.stream().map(this::load).min(Double::compare), chosen.map(this::load));
    }

    private double load(Upstream upstream) {
      return (Collections.frequency(already, upstream) + 1.0) / upstream.weight();
    }
  }
}
