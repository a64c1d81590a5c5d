package dev.pellucid.runtime.relay;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A socket to an upstream whose bytes go through a stream. */
public final class DialedSocket extends StreamSocket {
  private static final Logger log = LoggerFactory.getLogger(DialedSocket.class);

  /** For sources that do not depend on a client. */
  private static final InetSocketAddress NO_CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final RelayOptions options;
  private final InetSocketAddress client;
  private final LeadingHeader header;
  private final Attempts attempts;
  private final Consumer<Termination> onClosed;
  private @Nullable Timer timer;
  private long connectedAt;

  private DialedSocket(
      EventLoop loop,
      InetSocketAddress client,
      LeadingHeader header,
      Attempts attempts,
      RelayOptions options,
      List<Bandwidth> received,
      Consumer<Termination> onClosed) {
    super(loop, Party.UPSTREAM, received, List.of());
    this.options = options;
    this.client = client;
    this.header = header;
    this.attempts = attempts;
    this.onClosed = onClosed;
  }

  /**
   * A socket for a client's connection, on that connection's loop. What limits that connection does
   * so at the client's socket.
   */
  public static DialedSocket of(TcpConnection client, Attempts attempts, RelayOptions options) {
    return of(client, attempts, options, List.of(), unused -> {});
  }

  static DialedSocket of(
      TcpConnection client,
      Attempts attempts,
      RelayOptions options,
      List<Bandwidth> received,
      Consumer<Termination> onClosed) {
    LeadingHeader header = LeadingHeader.of(options.proxyProtocol(), client);
    return new DialedSocket(
        client.loop(), client.client(), header, attempts, options, received, onClosed);
  }

  /** A socket of the proxy's own, whose source address does not depend on a client. */
  public static DialedSocket of(EventLoop loop, Attempts attempts, RelayOptions options) {
    LeadingHeader header = LeadingHeader.ofProxy(options.proxyProtocol());
    return new DialedSocket(loop, NO_CLIENT, header, attempts, options, List.of(), unused -> {});
  }

  /** When it was connected, in the terms of {@link EventLoop#now}; 0 if it was not. */
  long connectedAt() {
    return connectedAt;
  }

  @Override
  void begin(Stream stream) {
    timer = loop().schedule(options.connectNanos(), () -> timeOut(stream));
    dial(stream);
  }

  private void dial(Stream stream) {
    try {
      SocketCalls sockets = loop().sockets();
      int fd =
          Dialer.dialTcp(
              sockets, options.dial(), client, attempts.upstream().address(), !header.isEmpty());
      setDescriptor(fd);
      sockets.enable(fd, SocketOption.TCP_NODELAY);
      loop().register(fd, Leg.INTEREST, events -> onConnecting(stream, events));
    } catch (DialException e) {
      dialFailed(stream, e);
    } catch (LinuxException e) {
      dialFailed(stream, DialException.ofProxy("epoll_ctl", e.errno()));
    }
  }

  private void timeOut(Stream stream) {
    dialFailed(stream, DialException.ofConnect(Errno.ETIMEDOUT));
  }

  private void dialFailed(Stream stream, DialException failure) {
    log.debug("{}: {}", attempts.upstream().address(), failure.getMessage());
    closeDescriptor(false);
    if (attempts.next(failure.termination())) {
      restartTimer();
      dial(stream);
    } else {
      stopTimer();
      stream.failed(
          new ConnectionException(
              attempts.upstream().address() + ": " + failure.getMessage(), failure.termination()));
    }
  }

  private void onConnecting(Stream stream, int events) {
    if ((events & Epoll.ERR) != 0) {
      int errno = loop().sockets().takeError(descriptor());
      // A reset comes after the connection was established, and possibly after some bytes.
      if (errno != Errno.ECONNRESET) {
        dialFailed(stream, DialException.ofConnect(errno));
        return;
      }
    } else if ((events & Epoll.OUT) == 0) {
      return;
    }
    connected(stream, events);
  }

  private void connected(Stream stream, int events) {
    try {
      if (!header.isEmpty()) {
        header.send(loop(), descriptor(), false);
      }
      InetSocketAddress local = loop().sockets().localAddress(descriptor());
      stopTimer();
      connectedAt = loop().now();
      loop().replaceHandler(descriptor(), stream);
      stream.connected(local, attempts.upstream().address());
      stream.onEvents(events);
    } catch (DialException e) {
      dialFailed(stream, e);
    } catch (LinuxException e) {
      dialFailed(stream, DialException.ofProxy("getsockname", e.errno()));
    }
  }

  private void restartTimer() {
    if (timer != null) {
      loop().reschedule(timer, options.connectNanos());
    }
  }

  private void stopTimer() {
    if (timer != null) {
      loop().cancel(timer);
    }
  }

  @Override
  void closed(Termination termination) {
    stopTimer();
    onClosed.accept(termination);
  }
}
