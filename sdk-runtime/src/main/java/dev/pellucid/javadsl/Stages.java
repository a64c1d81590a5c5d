package dev.pellucid.javadsl;

import static java.util.stream.Collectors.toMap;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.runtime.stage.AccessLogStage;
import dev.pellucid.runtime.stage.FilterStage;
import dev.pellucid.runtime.stage.HandlerStage;
import dev.pellucid.runtime.upstream.OriginalDestination;
import dev.pellucid.runtime.upstream.PoolChoice;
import dev.pellucid.runtime.upstream.UpstreamPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;

/** The stages between the source of connections and the end of the pipeline. */
public final class Stages {
  private Stages() {}

  /**
   * Asks a filter about each connection. Rejected connections travel on, {@linkplain
   * Connection#refuse refused}. The stage does not close the filter.
   */
  public static Flow<Connection, Connection, NotUsed> filter(ConnectionFilter filter) {
    return Flow.fromGraph(new FilterStage(filter));
  }

  /**
   * Routes each connection to one of some upstreams that never change. All copies of the graph
   * share the balancer's state.
   *
   * @throws IllegalArgumentException if there are no upstreams
   */
  public static Flow<Connection, RoutedConnection, NotUsed> balance(
      List<Upstream> upstreams, Balancer balancer) {
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("a pool that never changes needs at least one upstream");
    }
    return balance(Pool.of(upstreams, balancer));
  }

  /** Routes each connection to an upstream of a pool. */
  public static Flow<Connection, RoutedConnection, NotUsed> balance(Pool pool) {
    return balance(pool, Map.of());
  }

  /**
   * Routes each connection to an upstream of the pool that its attribute {@link Connection#POOL}
   * names. One whose pool does not exist is refused.
   *
   * @param pool where connections go that have no such attribute
   * @param named the other pools
   */
  public static Flow<Connection, RoutedConnection, NotUsed> balance(
      Pool pool, Map<String, Pool> named) {
    return choose(named, pool.upstreamPool()::route);
  }

  /** Routes each connection to where its client wanted to go. */
  public static Flow<Connection, RoutedConnection, NotUsed> toOriginalDestination() {
    return toOriginalDestination(Map.of());
  }

  /**
   * Routes each connection to where its client wanted to go, unless its attribute {@link
   * Connection#POOL} names a pool. One whose pool does not exist is refused.
   */
  public static Flow<Connection, RoutedConnection, NotUsed> toOriginalDestination(
      Map<String, Pool> named) {
    return choose(named, OriginalDestination::route);
  }

  private static Flow<Connection, RoutedConnection, NotUsed> choose(
      Map<String, Pool> named,
      java.util.function.Function<Connection, RoutedConnection> otherwise) {
    Map<String, UpstreamPool> pools =
        named.entrySet().stream()
            .collect(toMap(Map.Entry::getKey, pool -> pool.getValue().upstreamPool()));
    return Flow.fromFunction(new PoolChoice(pools, otherwise)::route);
  }

  /**
   * Runs a graph for each connection, for example {@code connection ->
   * connection.flow().join(layer)}: on the connection's loop if this sink runs on it, and else on
   * this sink's dispatcher. The handler is called there, too, and must not block. It is not asked
   * about refused connections. A connection is refused if the handler throws, and stays open if its
   * graph does not take the {@linkplain Connection#flow flow}.
   *
   * @return a sink whose materialized stage completes when there are no further connections; the
   *     graphs of the last ones may still run
   */
  public static Sink<Connection, CompletionStage<Done>> handleEach(
      Function<Connection, ? extends RunnableGraph<?>> handler) {
    return Sink.fromGraph(new HandlerStage(handler));
  }

  /**
   * Hands summaries to an access log, in batches, on a thread where it may block. The stage does
   * not close the log.
   *
   * @return a sink whose materialized stage completes when the last summary was written
   */
  public static Sink<ConnectionSummary, CompletionStage<Done>> accessLog(AccessLog log) {
    return Sink.fromGraph(new AccessLogStage(log));
  }
}
