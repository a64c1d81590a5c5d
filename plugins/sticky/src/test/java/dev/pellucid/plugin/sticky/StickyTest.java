package dev.pellucid.plugin.sticky;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StickyTest extends WeightedBalancerContract {
  private static final Duration EXPIRE = Duration.ofMinutes(30);
  private static final int CLIENTS = 1_000;

  /** Near its overflow, as {@link System#nanoTime} may be. */
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - EXPIRE.toNanos() / 2);

  @Override
  protected Balancer balancer() {
    return balancer(100_000);
  }

  private Balancer balancer(int size) {
    return new Sticky(new ClientHash(128), EXPIRE, size, nanoTime::get);
  }

  @Test
  void aClientStaysUntilItExpires() {
    Selection selection = balancer().over(pool(1_000));
    List<Upstream> first = placed(selection);
    for (int i = 0; i < 3; i++) {
      nanoTime.addAndGet(EXPIRE.toNanos() - 1);
      assertEquals(first, placed(selection));
    }
    nanoTime.addAndGet(EXPIRE.toNanos());
    assertTrue(same(first, placed(selection)) < 20);
  }

  @Test
  void aChangeOfThePoolMovesOnlyTheClientsOfAnUpstreamThatIsGone() {
    Balancer balancer = balancer();
    List<Upstream> pool = pool(11);
    List<Upstream> before = placed(balancer.over(pool.subList(0, 10)));
    List<Upstream> after = placed(balancer.over(pool.subList(1, 11)));
    for (int i = 0; i < CLIENTS; i++) {
      if (before.get(i).equals(pool.get(0))) {
        assertNotEquals(pool.get(0), after.get(i));
      } else {
        assertEquals(before.get(i), after.get(i));
      }
    }
    assertEquals(after, placed(balancer.over(pool)));
  }

  @Test
  void anUpstreamWithAnotherWeightIsTheSame() {
    Balancer balancer = balancer();
    balancer.over(List.of(Upstream.of(server(1)))).select(client(1), any -> true);
    List<Upstream> pool = List.of(new Upstream(server(1), 7), new Upstream(server(2), 1_000_000));
    assertEquals(pool.get(0), balancer.over(pool).select(client(1), any -> true).orElseThrow());
  }

  @Test
  void theClientsOfAnUnusableUpstreamMoveForGood() {
    Selection selection = balancer().over(pool(10));
    List<Upstream> before = placed(selection);
    Upstream unusable = before.get(0);
    for (int i = 0; i < CLIENTS; i++) {
      Upstream now =
          selection.select(client(i), upstream -> !upstream.equals(unusable)).orElseThrow();
      assertEquals(before.get(i).equals(unusable), !now.equals(before.get(i)));
      assertEquals(now, selection.select(client(i), any -> true).orElseThrow());
    }
  }

  @Test
  void aClientIsRememberedWhileNothingIsUsable() {
    Selection selection = balancer().over(pool(1_000));
    List<Upstream> before = placed(selection);
    assertTrue(selection.select(client(0), any -> false).isEmpty());
    assertEquals(before, placed(selection));
  }

  @Test
  void thePortDoesNotMatter() {
    Selection selection = balancer().over(pool(1_000));
    assertEquals(
        selection.select(FakeConnection.from("10.1.0.2:40000"), any -> true),
        selection.select(FakeConnection.from("10.1.0.2:40001"), any -> true));
  }

  @Test
  void itForgetsThoseNotSeenForTheLongestTime() {
    Selection selection = balancer(CLIENTS).over(pool(1_000));
    List<Upstream> first = placed(selection);
    for (int i = CLIENTS; i < 100 * CLIENTS; i++) {
      nanoTime.incrementAndGet();
      selection.select(client(i), any -> true);
      if (i % 200 == 0) {
        assertEquals(first.get(0), selection.select(client(0), any -> true).orElseThrow());
      }
    }
    assertTrue(same(first, placed(selection)) < 20);
  }

  @Test
  void itsMemoryIsBoundedAndHoldsAsManyAsItIsToHold() {
    StickTable table = new StickTable(EXPIRE.toNanos(), CLIENTS);
    Selection selection =
        new StickySelection(new ClientHash(128), table, nanoTime::get, pool(1_000));
    placed(selection);
    assertTrue(table.size() > CLIENTS * 99 / 100, () -> "size " + table.size());
    for (int i = CLIENTS; i < 100 * CLIENTS; i++) {
      selection.select(client(i), any -> true);
    }
    assertTrue(table.size() <= 2 * CLIENTS, () -> "size " + table.size());
  }

  @Test
  void loopsThatSeeANewClientAtOnceSendItToTheSameUpstream() throws Exception {
    Selection selection = balancer().over(pool(1_000));
    List<CompletableFuture<List<Upstream>>> loops = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      loops.add(CompletableFuture.supplyAsync(() -> placed(selection)));
    }
    List<Upstream> placed = placed(selection);
    for (CompletableFuture<List<Upstream>> loop : loops) {
      assertEquals(placed, loop.get(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void theServiceLoaderFindsItAndItReadsItsSettings() {
    Selection selection = created("expire = 1h, size = 5, ipv6-prefix = 64").over(pool(1_000));
    assertEquals(
        selection.select(FakeConnection.from("[2001:db8::1]:40000"), any -> true),
        selection.select(FakeConnection.from("[2001:db8::2]:40000"), any -> true));
    assertThrows(ConfigException.class, () -> created("size = 0"));
    assertThrows(ConfigException.class, () -> created("expire = 0s"));
  }

  private static Balancer created(String settings) {
    BalancerFactory factory =
        ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().balancers().get(0);
    assertEquals("sticky", factory.type());
    return factory.create(
        new Settings(ConfigFactory.parseString(settings)),
        new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static List<Upstream> placed(Selection selection) {
    return IntStream.range(0, CLIENTS)
        .mapToObj(i -> selection.select(client(i), any -> true).orElseThrow())
        .toList();
  }

  private static long same(List<Upstream> before, List<Upstream> after) {
    return IntStream.range(0, before.size())
        .filter(i -> before.get(i).equals(after.get(i)))
        .count();
  }

  private static List<Upstream> pool(int size) {
    return IntStream.range(0, size).mapToObj(i -> Upstream.of(server(i))).toList();
  }
}
