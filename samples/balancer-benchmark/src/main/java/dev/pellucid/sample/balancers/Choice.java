package dev.pellucid.sample.balancers;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One choice and what the balancer is told of it: that the connection is there, and that an earlier
 * one is over. Each upstream has about ten connections, weights go from 1 to 3, clients are 4,096
 * different ones in no order, and a set says which upstreams are not usable.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(2)
public class Choice {
  private static final int CLIENTS = 1 << 12;
  private static final int CONNECTIONS_PER_UPSTREAM = 10;

  /** What loops share. */
  @State(Scope.Benchmark)
  public static class Pool {
    /** The balancer's type. */
    @Param({"round-robin", "least-connections", "random-two", "source-hash", "maglev", "sticky"})
    public String type = "";

    /** How many upstreams there are. */
    @Param({"10", "1000"})
    public int upstreams;

    /** How many of them are not usable. */
    @Param({"0", "5"})
    public int unusable;

    private Selection selection = (connection, usable) -> Optional.empty();
    private Set<Upstream> down = Set.of();

    /** Makes the balancer and its pool. */
    @Setup
    public void prepare() {
      List<Upstream> pool = new ArrayList<>();
      for (int i = 0; i < upstreams; i++) {
        String address = "10.2.%d.%d".formatted(i >> 8, i & 0xff);
        pool.add(new Upstream(new InetSocketAddress(address, 80), 1 + i % 3));
      }
      down =
          IntStream.range(0, unusable)
              .mapToObj(i -> pool.get(i * upstreams / unusable))
              .collect(Collectors.toUnmodifiableSet());
      selection =
          factory()
              .create(
                  new Settings(ConfigFactory.empty()),
                  new PluginContext("web", Transport.TCP, Set.of()))
              .over(pool);
    }

    private BalancerFactory factory() {
      return ServiceLoader.load(ProxyPlugin.class).stream()
          .flatMap(plugin -> plugin.get().balancers().stream())
          .filter(factory -> factory.type().equals(type))
          .findFirst()
          .orElseThrow();
    }
  }

  /** What a loop has of its own. */
  @State(Scope.Thread)
  public static class Loop {
    private Connection[] clients = {};
    private Upstream[] open = {};
    private int next;

    /** Makes the clients, and opens connections. */
    @Setup
    public void prepare(Pool pool) {
      Random random = new Random(1);
      clients =
          IntStream.range(0, CLIENTS)
              .mapToObj(
                  i ->
                      FakeConnection.from(
                          "10.1.%d.%d:40000".formatted(random.nextInt(256), random.nextInt(256))))
              .toArray(Connection[]::new);
      open =
          IntStream.range(0, pool.upstreams * CONNECTIONS_PER_UPSTREAM)
              .mapToObj(i -> opened(pool, clients[i % CLIENTS]))
              .toArray(Upstream[]::new);
    }

    private static Upstream opened(Pool pool, Connection client) {
      Upstream upstream =
          pool.selection.select(client, candidate -> !pool.down.contains(candidate)).orElseThrow();
      pool.selection.opened(upstream);
      return upstream;
    }
  }

  /** A connection comes, another goes. */
  @Benchmark
  public Upstream choose(Pool pool, Loop loop) {
    int next = loop.next++ & Integer.MAX_VALUE;
    Upstream chosen = Loop.opened(pool, loop.clients[next % CLIENTS]);
    int slot = next % loop.open.length;
    pool.selection.closed(loop.open[slot]);
    loop.open[slot] = chosen;
    return chosen;
  }
}
