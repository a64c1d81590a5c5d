package dev.pellucid.plugin.maglev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import dev.pellucid.testkit.WeightedBalancerContract;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MaglevTest extends WeightedBalancerContract {
  private static final int CLIENTS = 100_000;

  @Override
  protected Balancer balancer() {
    return new Maglev(new ClientHash(128));
  }

  @Test
  void clientsAreSpreadWithinFivePercent() {
    Map<Upstream, Integer> shares = shares(placed(pool(100), 1_000_000, any -> true));
    IntSummaryStatistics share = statistics(shares);
    assertTrue(share.getMin() > 9_500 && share.getMax() < 10_500, share::toString);
    assertEquals(100, shares.size());
  }

  /** Each of a hundred in turn: the ideal share is what the removed one had. */
  @Test
  void removingAnyOfAHundredMovesAtMostTwoPercentMoreThanItsShare() {
    List<Upstream> pool = pool(100);
    int[] before = Table.of(pool);
    for (int removed = 0; removed < pool.size(); removed++) {
      List<Upstream> left = new ArrayList<>(pool);
      left.remove(removed);
      int[] after = Table.of(left);
      int moved = 0;
      for (int i = 0; i < before.length; i++) {
        boolean had = before[i] == removed;
        moved += !had && !pool.get(before[i]).equals(left.get(after[i])) ? 1 : 0;
      }
      int others = moved;
      assertTrue(moved <= before.length * 2 / 100, () -> others + " of " + before.length);
    }
  }

  @Property(tries = 2)
  void removingOneMovesFewClients(@ForAll @From("sizes") int size) {
    List<Upstream> pool = pool(size);
    List<Upstream> left = new ArrayList<>(pool);
    left.remove(size / 2);
    List<Upstream> before = placed(pool, CLIENTS, any -> true);
    List<Upstream> after = placed(left, CLIENTS, any -> true);
    long moved =
        IntStream.range(0, CLIENTS).filter(i -> !before.get(i).equals(after.get(i))).count();
    assertTrue(moved <= CLIENTS / size + CLIENTS * 2 / 100, () -> moved + " of " + CLIENTS);
  }

  @Provide
  Arbitrary<Integer> sizes() {
    return Arbitraries.of(100, 1_000);
  }

  @Test
  void anUnusableUpstreamsClientsSpreadOverAllOthersAndNoOthersMove() {
    List<Upstream> pool = pool(20);
    Upstream unusable = pool.get(7);
    List<Upstream> before = placed(pool, CLIENTS, any -> true);
    List<Upstream> after = placed(pool, CLIENTS, upstream -> !upstream.equals(unusable));
    List<Upstream> moved = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      if (before.get(i).equals(unusable)) {
        moved.add(after.get(i));
      } else {
        assertEquals(before.get(i), after.get(i));
      }
    }
    IntSummaryStatistics share = statistics(shares(moved));
    assertEquals(19, share.getCount());
    assertTrue(
        share.getMin() > share.getAverage() * 0.75 && share.getMax() < share.getAverage() * 1.25,
        share::toString);
  }

  /** More than the tries can find. */
  @Test
  void clientsOfManyUnusableUpstreamsSpreadEvenlyToo() {
    List<Upstream> pool = pool(1_000);
    Set<Upstream> usable = Set.copyOf(pool.subList(500, 510));
    IntSummaryStatistics share = statistics(shares(placed(pool, CLIENTS, usable::contains)));
    assertEquals(10, share.getCount());
    assertTrue(share.getMin() > 9_000 && share.getMax() < 11_000, share::toString);
  }

  @Property(tries = 20)
  void entriesAreWhatTheWeightsSayRounded(
      @ForAll @Size(min = 1, max = 100) List<@IntRange(min = 1, max = 1_000) Integer> weights) {
    List<Upstream> pool =
        IntStream.range(0, weights.size())
            .mapToObj(i -> new Upstream(server(i), weights.get(i)))
            .toList();
    int[] table = Table.of(pool);
    int[] entries = new int[pool.size()];
    IntStream.of(table).forEach(upstream -> entries[upstream]++);
    double sum = weights.stream().mapToInt(Integer::intValue).sum();
    for (int i = 0; i < entries.length; i++) {
      assertEquals(weights.get(i) / sum * table.length, entries[i], 2);
    }
  }

  @Property(tries = 10)
  void theOrderOfThePoolDoesNotMatter(@ForAll Random random) {
    List<Upstream> pool = pool(50);
    List<Upstream> shuffled = new ArrayList<>(pool);
    Collections.shuffle(shuffled, random);
    assertEquals(placed(pool, 1_000, any -> true), placed(shuffled, 1_000, any -> true));
  }

  @Test
  void theClientsPortDoesNotMatter() {
    Selection selection = balancer().over(pool(100));
    assertEquals(
        selection.select(FakeConnection.from("10.1.0.2:40000"), any -> true),
        selection.select(FakeConnection.from("10.1.0.2:40001"), any -> true));
  }

  @Test
  void theServiceLoaderFindsItAndItReadsItsSetting() {
    BalancerFactory factory =
        ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().balancers().get(0);
    assertEquals("maglev", factory.type());
    Selection selection =
        factory
            .create(
                new Settings(ConfigFactory.parseString("ipv6-prefix = 64")),
                new PluginContext("web", Transport.TCP, Set.of()))
            .over(pool(1_000));
    Optional<Upstream> chosen =
        selection.select(FakeConnection.from("[2001:db8::1]:40000"), any -> true);
    assertEquals(chosen, selection.select(FakeConnection.from("[2001:db8::2]:40000"), any -> true));
  }

  private List<Upstream> placed(List<Upstream> pool, int clients, Predicate<Upstream> usable) {
    Selection selection = balancer().over(pool);
    return IntStream.range(0, clients)
        .mapToObj(i -> selection.select(client(i), usable).orElseThrow())
        .toList();
  }

  private static Map<Upstream, Integer> shares(List<Upstream> placed) {
    Map<Upstream, Integer> shares = new HashMap<>();
    placed.forEach(upstream -> shares.merge(upstream, 1, Integer::sum));
    return shares;
  }

  private static IntSummaryStatistics statistics(Map<Upstream, Integer> shares) {
    return shares.values().stream().mapToInt(Integer::intValue).summaryStatistics();
  }

  private static List<Upstream> pool(int size) {
    return IntStream.range(0, size).mapToObj(i -> Upstream.of(server(i))).toList();
  }
}
