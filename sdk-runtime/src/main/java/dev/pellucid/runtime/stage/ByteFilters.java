package dev.pellucid.runtime.stage;

import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.runtime.relay.FilteredRelay;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * The byte filters of a relay.
 *
 * @param filters in the order from the client to the upstream
 */
record ByteFilters(List<ByteFilter> filters) {

  boolean isEmpty() {
    return filters.isEmpty();
  }

  /**
   * Runs the stream between the two sockets of a connection. If a filter's flow cannot be had, both
   * sockets learn of it as of any other failure, and are reset.
   */
  void run(FilteredRelay relay, Connection connection, ByteStreams streams) {
    try {
      streams.run(between(relay, create(connection)));
    } catch (RuntimeException | Error e) {
      streams.run(between(relay, BidiFlow.fromFlows(failed(e), failed(e))));
    }
  }

  private static RunnableGraph<NotUsed> between(
      FilteredRelay relay,
      BidiFlow<ByteString, ByteString, ByteString, ByteString, NotUsed> filters) {
    return Flow.fromGraph(new SocketStage(relay::client))
        .mapMaterializedValue(opened -> NotUsed.getInstance())
        .join(filters)
        .join(Flow.fromGraph(new SocketStage(relay::upstream)));
  }

  private BidiFlow<ByteString, ByteString, ByteString, ByteString, NotUsed> create(
      Connection connection) {
    var all = create(filters.get(0), connection);
    for (ByteFilter filter : filters.subList(1, filters.size())) {
      all = all.atop(create(filter, connection));
    }
    return all;
  }

  private static BidiFlow<ByteString, ByteString, ByteString, ByteString, NotUsed> create(
      ByteFilter filter, Connection connection) {
    return Objects.requireNonNull(filter.create(connection), "the byte filter's flow is null");
  }

  private static Flow<ByteString, ByteString, NotUsed> failed(Throwable failure) {
    return Flow.fromSinkAndSource(Sink.cancelled(), Source.failed(failure));
  }
}
