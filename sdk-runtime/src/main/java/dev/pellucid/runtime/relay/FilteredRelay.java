package dev.pellucid.runtime.relay;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Direction;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TcpRelay} does besides moving bytes, for a connection whose bytes go through a
 * stream: it keeps the time limits, and sums up when both sockets are closed.
 */
public final class FilteredRelay implements ConnectionOwner {
  private final TcpConnection connection;
  private final RelayOptions options;
  private final Consumer<ConnectionSummary> onEnd;
  private final EventLoop loop;
  private final Attempts attempts;
  private final AcceptedSocket client;
  private final DialedSocket upstream;

  // Belong to the loop.
  private @Nullable Timer timer;
  private @Nullable Termination clientEnd;
  private @Nullable Termination upstreamEnd;
  private boolean halfClosed;

  /**
   * A relay for a connection that was {@linkplain TcpConnection#take taken}.
   *
   * @param routed where it goes; it has an upstream
   * @param onEnd told once, on the loop, when both sockets are closed
   */
  public FilteredRelay(
      TcpConnection connection,
      RoutedConnection routed,
      RelayOptions options,
      Consumer<ConnectionSummary> onEnd) {
    this.connection = connection;
    this.options = options;
    this.onEnd = onEnd;
    this.loop = connection.loop();
    this.attempts = Attempts.of(routed, options.retries());
    // Limits count what is received, before the filters make more or less of it.
    this.client = new AcceptedSocket(connection, List.of(), this::clientClosed);
    this.upstream =
        DialedSocket.of(
            connection,
            attempts,
            options,
            connection.limits(Direction.FROM_UPSTREAM),
            this::upstreamClosed);
  }

  /** The client's socket; its stream has to be started. */
  public AcceptedSocket client() {
    return client;
  }

  /** The upstream's socket; its stream has to be started. */
  public DialedSocket upstream() {
    return upstream;
  }

  /** Starts to keep time. Called on the loop, before the streams start. */
  public void start() {
    connection.ownedBy(this);
    client.onHalfClosed(this::onHalfClosed);
    upstream.onHalfClosed(this::onHalfClosed);
    timer = loop.schedule(options.idleNanos(), this::checkTime);
  }

  @Override
  public void abort(Cause cause) {
    // The other socket's stream ends with it.
    client.stop(cause);
  }

  private void onHalfClosed() {
    halfClosed = true;
    reschedule(options.halfClosedNanos());
  }

  private void checkTime() {
    long last = Math.max(client.lastActivity(), upstream.lastActivity());
    long remaining = last + limitNanos() - loop.now();
    if (remaining > 0) {
      reschedule(remaining);
    } else if (upstream.connectedAt() == 0 || client.throttled() || upstream.throttled()) {
      // Connecting has a limit of its own; and bytes that wait for a limit are not idle.
      reschedule(limitNanos());
    } else {
      client.stop(Cause.TIMEOUT);
      upstream.stop(Cause.TIMEOUT);
    }
  }

  private long limitNanos() {
    return halfClosed ? options.halfClosedNanos() : options.idleNanos();
  }

  private void reschedule(long nanos) {
    if (timer != null) {
      loop.reschedule(timer, nanos);
    }
  }

  private void clientClosed(Termination termination) {
    clientEnd = termination;
    endIfBothClosed();
  }

  private void upstreamClosed(Termination termination) {
    upstreamEnd = termination;
    endIfBothClosed();
  }

  private void endIfBothClosed() {
    if (clientEnd == null || upstreamEnd == null) {
      return;
    }
    if (timer != null) {
      loop.cancel(timer);
    }
    Termination termination = termination(clientEnd, upstreamEnd);
    connection.over(termination);
    onEnd.accept(summary(termination));
  }

  /** A failure travels through the stream to the other socket, which then tells the same of it. */
  private Termination termination(Termination atClient, Termination atUpstream) {
    Termination first = Termination.COMPLETED.equals(atClient) ? atUpstream : atClient;
    return upstream.connectedAt() == 0 && first.party() == Party.CLIENT
        ? new Termination(Party.CLIENT, Phase.CONNECT, first.cause())
        : first;
  }

  private ConnectionSummary summary(Termination termination) {
    long accepted = connection.acceptedNanos();
    long connected = upstream.connectedAt();
    return new ConnectionSummary(
        connection,
        Optional.of(attempts.upstream()),
        client.received(),
        upstream.received(),
        connected == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(connected - accepted)),
        Duration.ofNanos(loop.now() - accepted),
        termination);
  }
}
