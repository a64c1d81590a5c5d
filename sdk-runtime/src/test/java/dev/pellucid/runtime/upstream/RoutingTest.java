package dev.pellucid.runtime.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.Connection;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.runtime.OtherClassLoader;
import dev.pellucid.testkit.FakeConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a connection goes: {@link UpstreamPool} and {@link OriginalDestination}. */
class RoutingTest {
  private static final Upstream FIRST = upstream(1);
  private static final Upstream SECOND = upstream(2);
  private static final Termination NO_UPSTREAM =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.NO_UPSTREAM);
  private static final Termination FAILED = new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);
  private static final Termination REJECTED =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.REJECTED);

  private final FakeConnection connection = FakeConnection.create();

  private static Upstream upstream(int number) {
    return Upstream.of(new InetSocketAddress("10.2.0." + number, 80));
  }

  private static UpstreamPool pool(Selection selection) {
    return pool(List.of(FIRST, SECOND), upstreams -> selection);
  }

  private static UpstreamPool pool(List<Upstream> upstreams, Balancer balancer) {
    UpstreamPool pool = new UpstreamPool(balancer);
    pool.update(upstreams);
    return pool;
  }

  private void assertRefused(Termination expected, RoutedConnection routed) {
    assertSame(connection, routed.connection());
    assertEquals(Optional.empty(), routed.upstream());
    assertEquals(Optional.of(expected), connection.refusal());
  }

  /** So that a library inside a plugin finds its classes and files. */
  @Test
  void theBalancerLooksAtThePoolInItsOwnContext() {
    OtherClassLoader other = new OtherClassLoader();
    UpstreamPool pool = new UpstreamPool(other.make(Balancer.class));
    assertThrows(NullPointerException.class, () -> pool.update(List.of(FIRST)));
    assertEquals(List.of(other), other.contexts());
  }

  @Test
  void aPoolRoutesAsItsBalancerChooses() {
    RoutedConnection routed = pool((asked, usable) -> Optional.of(SECOND)).route(connection);
    assertSame(connection, routed.connection());
    assertEquals(Optional.of(SECOND), routed.upstream());
    assertEquals(Optional.empty(), connection.refusal());
  }

  @Test
  void theBalancerSeesTheConnectionAndEveryUpstreamUsable() {
    List<Connection> asked = new ArrayList<>();
    UpstreamPool pool =
        pool(
            List.of(FIRST, SECOND),
            upstreams ->
                (connection, usable) -> {
                  asked.add(connection);
                  return upstreams.stream().filter(usable).reduce((one, other) -> other);
                });
    assertEquals(Optional.of(SECOND), pool.route(connection).upstream());
    assertEquals(List.of(connection), asked);
  }

  @Test
  void thePoolIsACopy() {
    List<Upstream> given = new ArrayList<>(List.of(FIRST));
    List<List<Upstream>> seen = new ArrayList<>();
    Selection none = (connection, usable) -> Optional.empty();
    UpstreamPool pool =
        pool(
            given,
            upstreams -> {
              seen.add(upstreams);
              return none;
            });
    given.clear();
    assertEquals(List.of(List.of(FIRST)), seen);
    assertRefused(NO_UPSTREAM, pool.route(connection));
  }

  @Test
  void withoutAChoiceTheConnectionIsRefused() {
    assertRefused(NO_UPSTREAM, pool((asked, usable) -> Optional.empty()).route(connection));
  }

  static Stream<Selection> broken() {
    return Stream.of(
        (connection, usable) -> {
          throw new IllegalStateException("thrown by a test's selection");
        },
        (connection, usable) -> {
          throw new StackOverflowError("thrown by a test's selection");
        },
        (connection, usable) -> null);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aBrokenSelectionRefusesTheConnection(Selection selection) {
    assertRefused(FAILED, pool(selection).route(connection));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aSelectionThatBreaksOnARetryLeavesNoAlternative(Selection broken) {
    Selection selection =
        (asked, usable) -> usable.test(FIRST) ? Optional.of(FIRST) : broken.select(asked, usable);
    RoutedConnection routed = pool(selection).route(connection);
    assertEquals(Optional.empty(), routed.alternatives().next(Set.of(FIRST)));
  }

  @Test
  void anUpstreamThatHasFailedIsNoAlternativeThoughTheBalancerInsists() {
    RoutedConnection routed = pool((asked, usable) -> Optional.of(FIRST)).route(connection);
    assertEquals(Optional.empty(), routed.alternatives().next(Set.of(FIRST)));
  }

  static Stream<Function<Connection, RoutedConnection>> routes() {
    return Stream.of(
        pool(
                (connection, usable) -> {
                  throw new AssertionError("asked about a refused connection");
                })
            ::route,
        OriginalDestination::route);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aRefusedConnectionPassesThrough(Function<Connection, RoutedConnection> route) {
    connection.refuse(REJECTED);
    assertRefused(REJECTED, route.apply(connection));
  }

  @Test
  void aPoolThatNeverChangesNeedsAnUpstream() {
    assertThrows(IllegalArgumentException.class, () -> Stages.balance(List.of(), pool -> null));
  }

  @Test
  void aFilterChoosesThePool() {
    UpstreamPool chosen = pool((asked, usable) -> Optional.of(SECOND));
    PoolChoice choice = new PoolChoice(Map.of("api", chosen), OriginalDestination::route);
    connection.set(Connection.POOL, "api");
    assertEquals(Optional.of(SECOND), choice.route(connection).upstream());

    FakeConnection other = FakeConnection.create();
    assertEquals(
        Optional.of(Upstream.of(other.originalDestination())), choice.route(other).upstream());
  }

  @Test
  void aPoolThatDoesNotExistRefusesTheConnection() {
    PoolChoice choice =
        new PoolChoice(
            Map.of("api", pool((asked, usable) -> Optional.of(SECOND))),
            OriginalDestination::route);
    connection.set(Connection.POOL, "ap");
    assertRefused(NO_UPSTREAM, choice.route(connection));
  }

  @Test
  void aRefusedConnectionStaysAsItIsThoughItsPoolDoesNotExist() {
    connection.set(Connection.POOL, "ap");
    connection.refuse(REJECTED);
    assertRefused(REJECTED, new PoolChoice(Map.of(), OriginalDestination::route).route(connection));
  }

  @Test
  void anInterceptedConnectionGoesWhereItsClientWanted() {
    RoutedConnection routed = OriginalDestination.route(connection);
    Upstream wanted = Upstream.of(connection.originalDestination());
    assertEquals(RoutedConnection.to(wanted, connection), routed);
  }

  @Test
  void aConnectionToTheProxyItselfIsRefused() {
    FakeConnection direct = FakeConnection.toTheProxy();
    assertEquals(RoutedConnection.refused(direct), OriginalDestination.route(direct));
    assertEquals(Optional.of(NO_UPSTREAM), direct.refusal());
  }
}
