package dev.pellucid.runtime.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Upstream;
import dev.pellucid.testkit.FakeConnection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a pool tells its balancer, and what becomes of changes. */
class UpstreamPoolTest {
  private static final Upstream FIRST = upstream(1);
  private static final Upstream SECOND = upstream(2);

  private final CountingBalancer balancer = new CountingBalancer();
  private final UpstreamPool pool = new UpstreamPool(balancer);
  private final FakeConnection connection = FakeConnection.create();

  private static Upstream upstream(int number) {
    return Upstream.of(new InetSocketAddress("10.2.0." + number, 80));
  }

  @Test
  void anEmptyPoolRefusesConnections() {
    assertEquals(Optional.empty(), pool.route(connection).upstream());
    assertEquals(Cause.NO_UPSTREAM, connection.refusal().orElseThrow().cause());
    assertEquals(0, balancer.selections);
  }

  @Test
  void aChangeIsForTheConnectionsAfterIt() {
    pool.update(List.of(FIRST));
    assertEquals(Optional.of(FIRST), pool.route(connection).upstream());
    assertTrue(pool.update(List.of(SECOND)));
    assertEquals(Optional.of(SECOND), pool.route(FakeConnection.create()).upstream());
    assertEquals(List.of(SECOND), pool.upstreams());
  }

  @Test
  void theSameUpstreamsAreNoChangeInWhateverOrder() {
    pool.update(List.of(FIRST, SECOND, FIRST));
    assertEquals(List.of(FIRST, SECOND), pool.upstreams());
    assertFalse(pool.update(List.of(SECOND, FIRST)));
    assertEquals(1, balancer.selections);
    assertTrue(pool.update(List.of(SECOND, new Upstream(FIRST.address(), 7))), "another weight");
  }

  @Test
  void anAddressCountsOnceWithItsLargestWeight() {
    Upstream heavy = new Upstream(FIRST.address(), 7);
    pool.update(List.of(FIRST, SECOND, heavy));
    assertEquals(List.of(heavy, SECOND), pool.upstreams());
  }

  @Test
  void aBalancerThatFailsLeavesThePoolAsItWas() {
    pool.update(List.of(FIRST));
    balancer.failing = true;
    assertThrows(IllegalStateException.class, () -> pool.update(List.of(SECOND)));
    assertEquals(List.of(FIRST), pool.upstreams());
    assertEquals(Optional.of(FIRST), pool.route(connection).upstream());
    balancer.failing = false;
    assertTrue(pool.update(List.of(SECOND)), "the same set is tried again");
  }

  @Test
  void eachChoiceIsOpenedAndClosedOnce() {
    pool.update(List.of(FIRST, SECOND));
    RoutedConnection routed = pool.route(connection);
    assertEquals(1, balancer.open(FIRST));
    assertEquals(Optional.of(SECOND), routed.alternatives().next(Set.of(FIRST)));
    assertEquals(0, balancer.open(FIRST));
    assertEquals(1, balancer.open(SECOND));
    assertEquals(Optional.empty(), routed.alternatives().next(Set.of(FIRST, SECOND)));
    assertEquals(1, balancer.open(SECOND), "it is there until it is over");
    connection.close(Termination.COMPLETED);
    assertEquals(0, balancer.open());
    assertEquals(Optional.empty(), routed.alternatives().next(Set.of()), "it is over");
    assertEquals(0, balancer.open());
  }

  @Test
  void theSelectionOfTheTimeHearsOfTheEnd() {
    pool.update(List.of(FIRST));
    pool.route(connection);
    pool.update(List.of(SECOND));
    connection.close(Termination.COMPLETED);
    assertEquals(List.of("1 opened " + FIRST, "2 closed " + FIRST), balancer.calls);
  }

  @Test
  void connectionsOfAPoolThatIsEmptyNowStillEnd() {
    pool.update(List.of(FIRST));
    pool.route(connection);
    pool.update(List.of());
    connection.close(Termination.COMPLETED);
    assertEquals(0, balancer.open());
  }

  @Test
  void aBalancerThatFailsToCountHarmsNoConnection() {
    UpstreamPool broken = new UpstreamPool(upstreams -> new BrokenCount(FIRST));
    broken.update(List.of(FIRST));
    assertEquals(Optional.of(FIRST), broken.route(connection).upstream());
    connection.close(Termination.COMPLETED);
  }
}
