package dev.pellucid.javadsl;

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
import dev.pellucid.runtime.upstream.UpstreamPool;
import java.util.List;
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
   * Routes each connection to an upstream of a pool. All copies of the graph share the balancer's
   * state.
   *
   * @throws IllegalArgumentException if the pool is empty
   */
  public static Flow<Connection, RoutedConnection, NotUsed> balance(
      List<Upstream> pool, Balancer balancer) {
    return Flow.fromFunction(new UpstreamPool(pool, balancer)::route);
  }

  /** Routes each connection to where its client wanted to go. */
  public static Flow<Connection, RoutedConnection, NotUsed> toOriginalDestination() {
    return Flow.fromFunction(OriginalDestination::route);
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
