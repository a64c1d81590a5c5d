package dev.pellucid.runtime.relay;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Direction;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays one connection: connects to the upstream, moves the bytes of both directions
 * independently, passes ends of streams and resets on, and keeps the time limits. Lives on the
 * connection's loop.
 */
public final class TcpRelay implements ConnectionOwner {
  private static final Logger log = LoggerFactory.getLogger(TcpRelay.class);

  private final TcpConnection connection;
  private final RelayOptions options;
  private final Consumer<ConnectionSummary> onEnd;
  private final EventLoop loop;
  private final Leg client;
  private final Timer timer;
  private final Attempts attempts;
  private final LeadingHeader header;
  private @Nullable Leg server;

  private Phase phase = Phase.CONNECT;
  private boolean over;
  private boolean keptAlive;
  private long lastActivity;
  private long connectedAt;

  private TcpRelay(
      TcpConnection connection,
      RoutedConnection routed,
      RelayOptions options,
      Consumer<ConnectionSummary> onEnd) {
    this.connection = connection;
    this.attempts = Attempts.of(routed, options.retries());
    this.options = options;
    this.header = LeadingHeader.of(options.proxyProtocol(), connection);
    this.onEnd = onEnd;
    this.loop = connection.loop();
    this.client =
        new Leg(
            this, loop, connection.descriptor(), true, connection.limits(Direction.FROM_CLIENT));
    this.timer = loop.schedule(options.connectNanos(), this::checkTime);
    this.lastActivity = loop.now();
  }

  /**
   * Starts to relay a connection that was {@linkplain TcpConnection#take taken}. Called on the
   * connection's loop.
   *
   * @param routed where it goes; it has an upstream
   * @param onEnd told once, on the loop, when both legs are closed; possibly before this returns
   */
  public static void start(
      TcpConnection connection,
      RoutedConnection routed,
      RelayOptions options,
      Consumer<ConnectionSummary> onEnd) {
    TcpRelay relay = new TcpRelay(connection, routed, options, onEnd);
    connection.ownedBy(relay);
    relay.begin();
  }

  @Override
  public void abort(Cause cause) {
    end(new Termination(Party.PROXY, phase, cause), true);
  }

  private void begin() {
    try {
      // A new socket has room, so its first event comes at once. It tells whether the client has
      // spoken already, and the upstream is dialed accordingly.
      int seen = connection.deliverTo(client);
      if (seen != 0) {
        onEvents(client, seen);
      }
    } catch (LinuxException e) {
      dialFailed(DialException.ofProxy("epoll_ctl", e.errno()));
    }
  }

  private void dial() {
    try {
      int fd =
          Dialer.dialTcp(
              loop.sockets(),
              options.dial(),
              connection.client(),
              attempts.upstream().address(),
              client.readable() || !header.isEmpty());
      Leg leg = new Leg(this, loop, fd, false, connection.limits(Direction.FROM_UPSTREAM));
      leg.join(client);
      server = leg;
      loop.register(fd, Leg.INTEREST, leg);
    } catch (DialException e) {
      dialFailed(e);
    } catch (LinuxException e) {
      dialFailed(DialException.ofProxy("epoll_ctl", e.errno()));
    }
  }

  private void dialFailed(DialException failure) {
    log.debug("{}: {}: {}", connection, attempts.upstream().address(), failure.getMessage());
    if (!attempts.next(failure.termination())) {
      end(failure.termination(), true);
      return;
    }
    if (server != null) {
      server.close(false);
      server = null;
    }
    lastActivity = loop.now();
    loop.reschedule(timer, options.connectNanos());
    dial();
  }

  boolean over() {
    return over;
  }

  void onEvents(Leg leg, int events) {
    if (over) {
      return;
    }
    try {
      handle(leg, events);
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void failed(Throwable failure) {
    log.error("{} failed", connection, failure);
    end(new Termination(Party.PROXY, phase, Cause.FAILED), true);
  }

  private void handle(Leg leg, int events) {
    boolean roomAgain = leg.note(events);
    if (phase == Phase.CONNECT && !connected(leg, events)) {
      return;
    }
    lastActivity = loop.now();
    leg.pump();
    if (roomAgain) {
      pump(leg.other());
    }
    if (leg.failed() && !over) {
      // What the peer had sent before its reset has been passed on by now, as far as there was
      // room.
      reset(leg, loop.sockets().takeError(leg.descriptor()));
    }
  }

  /** Called with the events of either leg until the upstream has answered. */
  private boolean connected(Leg leg, int events) {
    if (leg == client) {
      if (leg.failed()) {
        end(new Termination(Party.CLIENT, Phase.CONNECT, Cause.RESET), true);
      } else if (server == null) {
        dial();
      }
      return false;
    }
    if (leg.failed()) {
      int errno = loop.sockets().takeError(leg.descriptor());
      // A reset comes after the connection was established, and possibly after some bytes.
      if (errno != Errno.ECONNRESET) {
        dialFailed(DialException.ofConnect(errno));
        return false;
      }
    } else if ((events & Epoll.OUT) == 0) {
      return false;
    }
    return sendHeader(leg) && startData();
  }

  /** A header that cannot be sent is a failure to connect: the client's bytes are all there yet. */
  private boolean sendHeader(Leg upstream) {
    if (header.isEmpty()) {
      return true;
    }
    try {
      upstream.send(header);
      return true;
    } catch (DialException e) {
      dialFailed(e);
      return false;
    }
  }

  /** False if that was the end already. */
  private boolean startData() {
    phase = Phase.DATA;
    connectedAt = loop.now();
    lastActivity = connectedAt;
    // The connect timer is left running if it can be: when it fires, it is set to what remains of
    // the idle limit.
    if (options.idleNanos() < options.connectNanos()) {
      loop.reschedule(timer, options.idleNanos());
    }
    // What the client has sent meanwhile.
    client.pump();
    return !over;
  }

  private void pump(Leg leg) {
    if (!over) {
      leg.pump();
    }
  }

  /** It is a leg's turn again. */
  void resume(Leg leg) {
    try {
      pump(leg);
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  /** A limit lets a leg go on. */
  void unthrottled(Leg leg) {
    lastActivity = loop.now();
    resume(leg);
  }

  /** The end of a leg's stream was reached, and everything before it written to the other. */
  void endPassed(Leg leg) {
    if (leg.other().endPassed()) {
      // Closing sends the other end of stream along.
      end(Termination.COMPLETED, false);
      return;
    }
    loop.sockets().shutdownWrite(leg.other().descriptor());
    phase = Phase.HALF_CLOSED;
    loop.reschedule(timer, options.halfClosedNanos());
  }

  /** A leg is broken; the other is reset. */
  void reset(Leg broken, int errno) {
    Party party = broken == client ? Party.CLIENT : Party.UPSTREAM;
    Cause cause = errno == Errno.ETIMEDOUT ? Cause.TIMEOUT : Cause.RESET;
    end(new Termination(party, phase, cause), true);
  }

  private void checkTime() {
    if (client.throttled() || (server != null && server.throttled())) {
      // Bytes wait; a limit may hold them back for longer than nothing may move otherwise.
      lastActivity = loop.now();
    }
    long remaining = lastActivity + limitNanos() - loop.now();
    if (remaining > 0) {
      loop.reschedule(timer, remaining);
      keepAlive();
    } else {
      timeOut();
    }
  }

  private long limitNanos() {
    return switch (phase) {
      case CONNECT -> options.connectNanos();
      case HALF_CLOSED -> options.halfClosedNanos();
      case ROUTE, DATA, IDLE, COMPLETED -> options.idleNanos();
    };
  }

  private void timeOut() {
    switch (phase) {
      case CONNECT -> dialFailed(DialException.ofConnect(Errno.ETIMEDOUT));
      case HALF_CLOSED -> end(new Termination(Party.PROXY, phase, Cause.TIMEOUT), true);
      case ROUTE, DATA, IDLE, COMPLETED ->
          end(new Termination(Party.PROXY, Phase.IDLE, Cause.TIMEOUT), true);
    }
  }

  /**
   * Has the kernel probe whether the upstream is still there. Only connections that live long
   * enough to see their timer pay for the call; the client's socket has the option from its
   * listener.
   */
  private void keepAlive() {
    if (server != null && !keptAlive) {
      keptAlive = true;
      loop.sockets().enable(server.descriptor(), SocketOption.SO_KEEPALIVE);
    }
  }

  private void end(Termination termination, boolean reset) {
    if (over) {
      return;
    }
    over = true;
    loop.cancel(timer);
    client.close(reset);
    if (server != null) {
      server.close(reset);
    }
    connection.over(termination);
    onEnd.accept(summary(termination));
  }

  private ConnectionSummary summary(Termination termination) {
    long accepted = connection.acceptedNanos();
    Optional<Duration> connectTime =
        connectedAt == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(connectedAt - accepted));
    return new ConnectionSummary(
        connection,
        Optional.of(attempts.upstream()),
        client.received(),
        server == null ? 0 : server.received(),
        connectTime,
        Duration.ofNanos(loop.now() - accepted),
        termination);
  }
}
