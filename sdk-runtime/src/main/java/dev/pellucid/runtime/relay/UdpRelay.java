package dev.pellucid.runtime.relay;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Direction;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeaders;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays one session: sends the client's datagrams to the upstream, each as it is, and the
 * upstream's to the client from the address the client has asked. A datagram for which a socket has
 * no room, or that is above a limit, is dropped, as on any other hop. Lives on the session's loop.
 */
public final class UdpRelay implements ConnectionOwner, DatagramReceiver {
  private static final Logger log = LoggerFactory.getLogger(UdpRelay.class);

  /** After so many system calls the loop's other sockets have their turn. */
  private static final int READS_PER_TURN = 4;

  private static final byte[] NO_HEADER = {};

  private final UdpConnection connection;
  private final UdpRelayOptions options;
  private final Consumer<ConnectionSummary> onEnd;
  private final EventLoop loop;
  private final Attempts attempts;
  private final Timer timer;

  private @Nullable DatagramDirection toClient;
  private @Nullable DatagramDirection toUpstream;
  private @Nullable UpstreamLeg upstream;
  private boolean over;
  private boolean resuming;
  private long responses;
  private long connectedAt;
  private long lastActivity;

  private UdpRelay(
      UdpConnection connection,
      RoutedConnection routed,
      UdpRelayOptions options,
      Consumer<ConnectionSummary> onEnd) {
    this.connection = connection;
    this.options = options;
    this.onEnd = onEnd;
    this.loop = connection.loop();
    this.attempts = Attempts.of(routed, options.retries());
    this.lastActivity = loop.now();
    this.timer = loop.schedule(options.idleNanos(), this::checkTime);
  }

  /**
   * Starts to relay a session that was {@linkplain UdpConnection#take taken}. Called on the
   * session's loop.
   *
   * @param routed where it goes; it has an upstream
   * @param onEnd told once, on the loop, when the session is over; possibly before this returns
   */
  public static void start(
      UdpConnection connection,
      RoutedConnection routed,
      UdpRelayOptions options,
      Consumer<ConnectionSummary> onEnd) {
    UdpRelay relay = new UdpRelay(connection, routed, options, onEnd);
    connection.ownedBy(relay);
    relay.begin();
  }

  private void begin() {
    try {
      DatagramFilters filters = DatagramFilters.create(options.filters(), connection);
      toClient =
          direction(
              Direction.FROM_UPSTREAM, connection.clientLeg(), filters, filters::fromUpstream);
      byte[] header = header();
      UpstreamLeg leg = dial();
      leg.beginEachWith(header);
      toUpstream = direction(Direction.FROM_CLIENT, leg, filters, filters::fromClient);
      upstream = leg;
      connectedAt = loop.now();
      connection.deliverTo(this);
    } catch (DialException e) {
      log.debug("{}: {}: {}", connection, attempts.upstream().address(), e.getMessage());
      end(e.termination());
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private DatagramDirection direction(
      Direction from,
      DatagramLeg leg,
      DatagramFilters filters,
      DatagramDirection.Filtering filtering) {
    return new DatagramDirection(connection, from, leg, !filters.isEmpty(), filtering);
  }

  private byte[] header() {
    return options.proxyProtocol() == ProxyProtocol.NONE
        ? NO_HEADER
        : ProxyHeaders.encode(
            options.proxyProtocol(),
            new Forwarded(Transport.UDP, connection.client(), connection.originalDestination()));
  }

  private UpstreamLeg dial() throws DialException {
    while (true) {
      try {
        return UpstreamLeg.dial(
            loop,
            options.dial(),
            connection.client(),
            attempts.upstream().address(),
            events -> receive());
      } catch (DialException e) {
        if (!attempts.next(e.termination())) {
          throw e;
        }
      }
    }
  }

  @Override
  public void onDatagrams(DatagramBatch batch, int from, int to) {
    if (over || toUpstream == null) {
      return;
    }
    lastActivity = loop.now();
    try {
      int result = toUpstream.pass(batch, from, to);
      if (result < 0) {
        end(broken(Party.UPSTREAM, -result));
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  /** The upstream has sent something, or ICMP tells of it. */
  private void receive() {
    DatagramBatch batch = loop.datagrams();
    for (int i = 0; i < READS_PER_TURN; i++) {
      if (over || upstream == null) {
        return;
      }
      int most = expected();
      int n = batch.receive(upstream.fd, most);
      if (n < 0) {
        if (n != -Errno.EAGAIN) {
          end(broken(Party.UPSTREAM, -n));
        }
        return;
      }
      answer(batch, n);
      if (n < most) {
        return;
      }
    }
    resumeLater();
  }

  private void resumeLater() {
    if (!resuming) {
      resuming = true;
      loop.executeNextTurn(
          () -> {
            resuming = false;
            receive();
          });
    }
  }

  private void answer(DatagramBatch batch, int n) {
    if (toClient == null) {
      return;
    }
    lastActivity = loop.now();
    connection.touch();
    responses += n;
    try {
      int result = toClient.pass(batch, 0, n);
      if (result < 0) {
        end(broken(Party.CLIENT, -result));
      } else if (answered()) {
        end(Termination.COMPLETED);
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  /** How many datagrams are worth asking for: the kernel looks for one more than there are. */
  private int expected() {
    if (options.responses() == 0 || toUpstream == null) {
      return DatagramBatch.CAPACITY;
    }
    long missing = options.responses() * toUpstream.datagrams() - responses;
    return (int) Math.max(1, Math.min(missing, DatagramBatch.CAPACITY));
  }

  /** Whether everything the client has sent was answered, if that can be told. */
  private boolean answered() {
    return options.responses() > 0
        && toUpstream != null
        && responses >= options.responses() * toUpstream.datagrams();
  }

  /** What a failed system call on one of a session's sockets says of its end. */
  static Termination broken(Party party, int errno) {
    Cause cause =
        switch (errno) {
          case Errno.ECONNREFUSED -> Cause.REFUSED;
          case Errno.ENETUNREACH, Errno.EHOSTUNREACH -> Cause.UNREACHABLE;
          default -> Cause.FAILED;
        };
    return new Termination(party, Phase.DATA, cause);
  }

  private void checkTime() {
    long remaining = lastActivity + options.idleNanos() - loop.now();
    if (remaining > 0) {
      loop.reschedule(timer, remaining);
    } else {
      end(new Termination(Party.PROXY, Phase.IDLE, Cause.TIMEOUT));
    }
  }

  @Override
  public void abort(Cause cause) {
    end(new Termination(Party.PROXY, Phase.DATA, cause));
  }

  private void failed(Throwable failure) {
    log.error("{} failed", connection, failure);
    end(new Termination(Party.PROXY, Phase.DATA, Cause.FAILED));
  }

  private void end(Termination termination) {
    if (over) {
      return;
    }
    over = true;
    loop.cancel(timer);
    connection.discard();
    if (toClient != null) {
      toClient.close();
    }
    if (toUpstream != null) {
      toUpstream.close();
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
        toUpstream == null ? 0 : toUpstream.bytes(),
        toClient == null ? 0 : toClient.bytes(),
        connectTime,
        Duration.ofNanos(loop.now() - accepted),
        termination);
  }
}
