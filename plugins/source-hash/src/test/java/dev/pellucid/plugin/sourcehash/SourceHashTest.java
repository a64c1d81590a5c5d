package dev.pellucid.plugin.sourcehash;

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
import dev.pellucid.testkit.BalancerContract;
import dev.pellucid.testkit.FakeConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SourceHashTest extends BalancerContract {
  private static final int CLIENTS = 20_000;

  @Override
  protected Balancer balancer() {
    return new SourceHash(new ClientHash(128));
  }

  @Property(tries = 20)
  void removingAnUpstreamMovesItsClientsAndNoOthers(
      @ForAll @IntRange(min = 2, max = 200) int size, @ForAll Random random) {
    List<Upstream> pool = pool(size, random);
    Upstream removed = pool.get(random.nextInt(size));
    List<Upstream> left = new ArrayList<>(pool);
    left.remove(removed);
    Collections.shuffle(left, random);
    assertOthersStay(placed(pool), placed(left), removed);
  }

  @Property(tries = 20)
  void anUnusableUpstreamsClientsMoveAsIfItWereRemoved(
      @ForAll @IntRange(min = 2, max = 200) int size, @ForAll Random random) {
    List<Upstream> pool = pool(size, random);
    Upstream unusable = pool.get(random.nextInt(size));
    List<Upstream> left = new ArrayList<>(pool);
    left.remove(unusable);
    Selection selection = balancer().over(pool);
    List<Upstream> without = placed(left);
    for (int i = 0; i < CLIENTS; i++) {
      assertEquals(
          without.get(i),
          selection.select(client(i), upstream -> !upstream.equals(unusable)).orElseThrow());
    }
  }

  @Test
  void removingOneOfAHundredMovesItsShare() {
    List<Upstream> pool = pool(100);
    List<Upstream> left = new ArrayList<>(pool);
    Upstream removed = left.remove(50);
    List<Upstream> before = placed(pool);
    List<Upstream> after = placed(left);
    assertOthersStay(before, after, removed);
    long moved =
        IntStream.range(0, CLIENTS).filter(i -> !before.get(i).equals(after.get(i))).count();
    assertTrue(moved < CLIENTS * 3 / 100, () -> moved + " of " + CLIENTS);
  }

  @Test
  void sharesAreRoughlyEven() {
    Map<Upstream, Integer> shares = new HashMap<>();
    placed(pool(20)).forEach(upstream -> shares.merge(upstream, 1, Integer::sum));
    assertTrue(
        shares.values().stream().allMatch(share -> share > 700 && share < 1_300), shares::toString);
  }

  @Test
  void aHeavierUpstreamHasMoreClients() {
    List<Upstream> pool = List.of(new Upstream(server(1), 9), Upstream.of(server(2)));
    long heavy = placed(pool).stream().filter(pool.get(0)::equals).count();
    assertTrue(heavy > CLIENTS * 0.87 && heavy < CLIENTS * 0.93, () -> heavy + " of " + CLIENTS);
  }

  @Test
  void theClientsPortDoesNotMatter() {
    Selection selection = balancer().over(pool(100));
    assertEquals(
        selection.select(FakeConnection.from("10.1.0.2:40000"), any -> true),
        selection.select(FakeConnection.from("10.1.0.2:40001"), any -> true));
  }

  @Test
  void clientsOfOneNetworkCountAsOneIfToldSo() {
    Selection each = created("").over(pool(100));
    Selection networks = created("ipv6-prefix = 64").over(pool(100));
    FakeConnection one = FakeConnection.from("[2001:db8::1]:40000");
    FakeConnection other = FakeConnection.from("[2001:db8::2]:40000");
    assertNotEquals(each.select(one, any -> true), each.select(other, any -> true));
    assertEquals(networks.select(one, any -> true), networks.select(other, any -> true));
  }

  @Test
  void aPrefixThatIsNoneIsRefused() {
    assertThrows(ConfigException.class, () -> created("ipv6-prefix = 129"));
  }

  private static Balancer created(String settings) {
    BalancerFactory factory =
        ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().balancers().get(0);
    assertEquals("source-hash", factory.type());
    return factory.create(
        new Settings(ConfigFactory.parseString(settings)),
        new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static void assertOthersStay(
      List<Upstream> before, List<Upstream> after, Upstream removed) {
    for (int i = 0; i < CLIENTS; i++) {
      if (!before.get(i).equals(removed)) {
        assertEquals(before.get(i), after.get(i));
      }
    }
  }

  private List<Upstream> placed(List<Upstream> pool) {
    Selection selection = balancer().over(pool);
    return IntStream.range(0, CLIENTS)
        .mapToObj(i -> selection.select(client(i), any -> true).orElseThrow())
        .toList();
  }

  private static List<Upstream> pool(int size) {
    return IntStream.range(0, size).mapToObj(i -> Upstream.of(server(i))).toList();
  }

  private static List<Upstream> pool(int size, Random random) {
    return IntStream.range(0, size)
        .mapToObj(i -> new Upstream(server(i), 1 + random.nextInt(10)))
        .toList();
  }
}
