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
import dev.pellucid.runtime.upstream.OriginalDestination;
import dev.pellucid.runtime.upstream.UpstreamPool;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
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
   * Hands summaries to an access log, in batches, on a thread where it may block. The stage does
   * not close the log.
   *
   * @return a sink whose materialized stage completes when the last summary was written
   */
  public static Sink<ConnectionSummary, CompletionStage<Done>> accessLog(AccessLog log) {
    return Sink.fromGraph(new AccessLogStage(log));
  }
}
