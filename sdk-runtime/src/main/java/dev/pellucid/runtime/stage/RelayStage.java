package dev.pellucid.runtime.stage;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.runtime.relay.AcceptedConnection;
import dev.pellucid.runtime.relay.FilteredRelay;
import dev.pellucid.runtime.relay.RelayOptions;
import dev.pellucid.runtime.relay.TcpConnection;
import dev.pellucid.runtime.relay.TcpRelay;
import dev.pellucid.runtime.relay.UdpConnection;
import dev.pellucid.runtime.relay.UdpRelay;
import dev.pellucid.runtime.relay.UdpRelayOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays connections, any number at once, and emits each one's summary when it is over. It pulls as
 * long as the summaries are taken: the number of connections is limited where they are accepted.
 */
public final class RelayStage<C extends AcceptedConnection>
    extends GraphStage<FlowShape<RoutedConnection, ConnectionSummary>> {

  /** Relays connections of one transport. */
  @FunctionalInterface
  private interface Relay<C> {

    /**
     * Starts to relay a connection that was taken.
     *
     * @param routed where it goes; it has an upstream
     * @param streams runs the streams that its bytes go through, if they do
     * @param onEnd told once, on the connection's loop, when it is over
     */
    void start(
        C connection,
        RoutedConnection routed,
        ByteStreams streams,
        Consumer<ConnectionSummary> onEnd);
  }

  private static final Logger log = LoggerFactory.getLogger(RelayStage.class);

  /** With so many summaries waiting for a slow log, no further connection is taken. */
  private static final int MAX_WAITING_SUMMARIES = 1024;

  private static final Termination UNROUTED =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);

  private final Inlet<RoutedConnection> in = Inlet.create("Relay.in");
  private final Outlet<ConnectionSummary> out = Outlet.create("Relay.out");
  private final FlowShape<RoutedConnection, ConnectionSummary> shape = FlowShape.of(in, out);
  private final Class<C> type;
  private final Relay<C> relay;

  private RelayStage(Class<C> type, Relay<C> relay) {
    this.type = type;
    this.relay = relay;
  }

  /**
   * A stage that relays TCP connections.
   *
   * @param filters what the bytes pass on their way from the client to the upstream, and in the
   *     reverse order on their way back; without any they never enter the heap
   */
  public static RelayStage<TcpConnection> tcp(RelayOptions options, List<ByteFilter> filters) {
    if (filters.isEmpty()) {
      return new RelayStage<>(
          TcpConnection.class,
          (connection, routed, streams, onEnd) ->
              connection.loop().run(() -> TcpRelay.start(connection, routed, options, onEnd)));
    }
    ByteFilters byteFilters = new ByteFilters(List.copyOf(filters));
    return new RelayStage<>(
        TcpConnection.class,
        (connection, routed, streams, onEnd) -> {
          FilteredRelay relay = new FilteredRelay(connection, routed, options, onEnd);
          connection.loop().run(relay::start);
          byteFilters.run(relay, connection, streams);
        });
  }

  /** A stage that relays UDP sessions. */
  public static RelayStage<UdpConnection> udp(UdpRelayOptions options) {
    return new RelayStage<>(
        UdpConnection.class,
        (connection, routed, streams, onEnd) ->
            connection.loop().run(() -> UdpRelay.start(connection, routed, options, onEnd)));
  }

  @Override
  public FlowShape<RoutedConnection, ConnectionSummary> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new RelayLogic(attributes);
  }

  private final class RelayLogic extends GraphStageLogic {
    /** Touched by the stage alone; the summaries come from the loops. */
    private final Set<AcceptedConnection> running = new HashSet<>();

    private final Queue<ConnectionSummary> ended = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean notified = new AtomicBoolean();
    private final AsyncCallback<Done> someEnded = createAsyncCallback(done -> onSomeEnded());

    private final ByteStreams streams;

    RelayLogic(Attributes attributes) {
      super(shape);
      streams = new ByteStreams(this, attributes);
      setHandlers(
          in,
          out,
          new AbstractInOutHandler() {
            @Override
            public void onPush() {
              relay(grab(in));
              advance();
            }

            @Override
            public void onPull() {
              advance();
            }

            @Override
            public void onUpstreamFinish() {
              advance();
            }
          });
    }

    @Override
    public void preStart() {
      pull(in);
    }

    private void relay(RoutedConnection routed) {
      if (routed.upstream().isPresent() && take(routed.connection())) {
        C connection = type.cast(routed.connection());
        running.add(connection);
        relay.start(connection, routed, streams, this::onEnd);
      } else {
        routed.connection().refuse(UNROUTED);
        ended.add(refused(routed));
      }
    }

    private boolean take(Connection connection) {
      if (type.isInstance(connection)) {
        return type.cast(connection).take();
      }
      log.error("{} cannot be relayed by a stage for {}", connection, type.getSimpleName());
      return false;
    }

    /** On the connection's loop. A burst of ends is one message to the stage. */
    private void onEnd(ConnectionSummary summary) {
      ended.add(summary);
      if (notified.compareAndSet(false, true)) {
        someEnded.invoke(Done.getInstance());
      }
    }

    private void onSomeEnded() {
      notified.set(false);
      advance();
    }

    private void advance() {
      if (isAvailable(out)) {
        emitNext();
      }
      if (isClosed(in)) {
        if (running.isEmpty() && ended.isEmpty()) {
          completeStage();
        }
      } else if (!hasBeenPulled(in) && ended.size() < MAX_WAITING_SUMMARIES) {
        pull(in);
      }
    }

    private void emitNext() {
      ConnectionSummary summary = ended.poll();
      if (summary != null) {
        running.remove(summary.connection());
        push(out, summary);
      }
    }

    @Override
    public void postStop() {
      running.forEach(connection -> connection.abort(Cause.STOPPED));
    }
  }

  private static ConnectionSummary refused(RoutedConnection routed) {
    Connection connection = routed.connection();
    return new ConnectionSummary(
        connection,
        routed.upstream(),
        0,
        0,
        Optional.empty(),
        Duration.between(connection.acceptedAt(), Instant.now()),
        connection.refusal().orElse(UNROUTED));
  }
}
