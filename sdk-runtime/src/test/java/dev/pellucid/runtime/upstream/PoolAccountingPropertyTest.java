package dev.pellucid.runtime.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Upstream;
import dev.pellucid.testkit.FakeConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever happens, in whatever order, a balancer counts the connections that there are. */
class PoolAccountingPropertyTest {
  private static final int UPSTREAMS = 4;
  private static final List<Upstream> ALL =
      IntStream.range(0, UPSTREAMS)
          .mapToObj(i -> Upstream.of(new InetSocketAddress("10.2.0." + i, 80)))
          .toList();

  private final CountingBalancer balancer = new CountingBalancer();
  private final UpstreamPool pool = new UpstreamPool(balancer);
  private final List<Routed> open = new ArrayList<>();

  private static final class Routed {
    final FakeConnection connection;
    final RoutedConnection.Alternatives alternatives;
    final Set<Upstream> failed = new HashSet<>();
    Upstream upstream;

    Routed(FakeConnection connection, RoutedConnection routed) {
      this.connection = connection;
      this.alternatives = routed.alternatives();
      this.upstream = routed.upstream().orElseThrow();
    }
  }

  /**
   * Each step is a new connection, a failed attempt or the end of one that there is, or a change of
   * the pool to the upstreams whose bits are set.
   */
  @Property
  void openedLessClosedIsOpen(@ForAll @Size(max = 200) List<@IntRange(max = 255) Integer> steps) {
    pool.update(ALL);
    for (int step : steps) {
      int argument = step / 4;
      switch (step % 4) {
        case 0 -> connect();
        case 1 -> pick(argument).ifPresent(this::fail);
        case 2 -> pick(argument).ifPresent(this::end);
        default -> pool.update(subset(argument));
      }
      assertCounts();
    }
    List.copyOf(open).forEach(this::end);
    assertCounts();
    assertEquals(0, balancer.open());
  }

  private void connect() {
    FakeConnection connection = FakeConnection.create();
    RoutedConnection routed = pool.route(connection);
    if (routed.upstream().isPresent()) {
      open.add(new Routed(connection, routed));
    }
  }

  private void fail(Routed routed) {
    routed.failed.add(routed.upstream);
    Optional<Upstream> next = routed.alternatives.next(routed.failed);
    next.ifPresent(upstream -> routed.upstream = upstream);
  }

  private void end(Routed routed) {
    open.remove(routed);
    routed.connection.close(Termination.COMPLETED);
    assertEquals(Optional.empty(), routed.alternatives.next(Set.of()));
  }

  private Optional<Routed> pick(int number) {
    return open.isEmpty() ? Optional.empty() : Optional.of(open.get(number % open.size()));
  }

  private static List<Upstream> subset(int bits) {
    return IntStream.range(0, UPSTREAMS)
        .filter(i -> (bits & 1 << i) != 0)
        .mapToObj(ALL::get)
        .toList();
  }

  private void assertCounts() {
    for (Upstream upstream : ALL) {
      long expected = open.stream().filter(routed -> routed.upstream.equals(upstream)).count();
      assertEquals(expected, balancer.open(upstream), upstream::toString);
    }
  }
}
