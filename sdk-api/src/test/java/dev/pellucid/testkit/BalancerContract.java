package dev.pellucid.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.Selection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * What every balancer has to keep to. A balancer's test class extends this one, or {@link
 * WeightedBalancerContract}, and is run by jqwik.
 */
public abstract class BalancerContract {
  private static final int CLIENTS = 100;
  private static final int LOOPS = 3;

  /** The balancer to test, a new one. */
  protected abstract Balancer balancer();

  @Property(tries = 60)
  void choosesNoUnusableUpstreamAndFindsOneIfThereIsAny(
      @ForAll("pools") List<Upstream> pool,
      @ForAll @IntRange(max = 100) int percent,
      @ForAll Random random) {
    Set<Upstream> usable = some(pool, percent, random);
    Selection selection = balancer().over(pool);
    for (int client = 0; client < CLIENTS; client++) {
      Optional<Upstream> chosen = selection.select(client(client), usable::contains);
      assertEquals(!usable.isEmpty(), chosen.isPresent());
      chosen.ifPresent(upstream -> assertTrue(usable.contains(upstream)));
      chosen.ifPresent(selection::opened);
    }
  }

  @Property(tries = 20)
  void findsTheOnlyUsableUpstream(@ForAll("pools") List<Upstream> pool, @ForAll Random random) {
    Upstream only = pool.get(random.nextInt(pool.size()));
    Selection selection = balancer().over(pool);
    for (int client = 0; client < CLIENTS; client++) {
      assertEquals(Optional.of(only), selection.select(client(client), only::equals));
      selection.opened(only);
    }
  }

  @Property(tries = 20)
  void choosesFromTheNewPoolAfterAChangeOfIt(
      @ForAll("pools") List<Upstream> before,
      @ForAll("pools") List<Upstream> after,
      @ForAll Random random) {
    Balancer balancer = balancer();
    Selection old = balancer.over(before);
    List<Upstream> open = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      open.add(old.select(client(client), upstream -> true).orElseThrow());
      old.opened(open.get(client));
    }
    Selection selection = balancer.over(after);
    Set<Upstream> known = new HashSet<>(after);
    for (int client = 0; client < CLIENTS; client++) {
      Upstream chosen = selection.select(client(client), upstream -> true).orElseThrow();
      assertTrue(known.contains(chosen));
      selection.opened(chosen);
      selection.closed(random.nextBoolean() ? chosen : open.set(client, chosen));
    }
    open.forEach(selection::closed);
  }

  @Property(tries = 5)
  void servesSeveralLoopsAtOnce(@ForAll("pools") List<Upstream> pool) throws Exception {
    Selection selection = balancer().over(pool);
    List<CompletableFuture<Void>> loops =
        IntStream.range(0, LOOPS)
            .mapToObj(loop -> CompletableFuture.runAsync(() -> serve(selection, pool, loop)))
            .toList();
    for (CompletableFuture<Void> loop : loops) {
      loop.get(60, TimeUnit.SECONDS);
    }
  }

  private static void serve(Selection selection, List<Upstream> pool, int loop) {
    Random random = new Random(loop);
    for (int round = 0; round < 50; round++) {
      Set<Upstream> usable = some(pool, random.nextInt(100), random);
      for (int client = 0; client < CLIENTS; client++) {
        Optional<Upstream> chosen = selection.select(client(client), usable::contains);
        assertEquals(!usable.isEmpty(), chosen.isPresent());
        chosen.ifPresent(upstream -> assertTrue(usable.contains(upstream)));
        chosen.ifPresent(selection::opened);
        chosen.ifPresent(selection::closed);
      }
    }
  }

  /** Pools of 1 to 1,000 upstreams: of weight 1, of small weights, or of any. */
  @Provide
  Arbitrary<List<Upstream>> pools() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 1_000),
            Arbitraries.of(1, 10, Integer.MAX_VALUE),
            Arbitraries.longs())
        .as((size, heaviest, seed) -> pool(size, heaviest, new Random(seed)));
  }

  private static List<Upstream> pool(int size, int heaviest, Random random) {
    return IntStream.range(0, size)
        .mapToObj(i -> new Upstream(server(i), 1 + random.nextInt(heaviest)))
        .toList();
  }

  private static Set<Upstream> some(List<Upstream> pool, int percent, Random random) {
    Set<Upstream> some = new HashSet<>(pool);
    some.removeIf(upstream -> random.nextInt(100) >= percent);
    return some;
  }

  /** The address of one of 65,536 servers. */
  protected static InetSocketAddress server(int number) {
    return address(0x0a02_0000 + number, 80);
  }

  /** A connection of one of 16,777,216 clients. */
  protected static Connection client(int number) {
    return FakeConnection.from(address(0x0b00_0000 + number, 40_000));
  }

  private static InetSocketAddress address(int ipv4, int port) {
    try {
      byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(ipv4).array();
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }
}
