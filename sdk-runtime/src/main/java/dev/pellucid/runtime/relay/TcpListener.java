package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Termination;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening TCP socket. */
final class TcpListener extends Listener {
  private static final Logger log = LoggerFactory.getLogger(TcpListener.class);

  private final TcpListenerGroup group;

  /** Where every client wanted to go, if that can be but one address. */
  private final @Nullable InetSocketAddress onlyDestination;

  private final Runnable whenRoom;
  private final @Nullable AwaitedHeaders headers;
  private final Set<AcceptedConnection> open = new HashSet<>();
  private boolean closed;

  private TcpListener(
      TcpListenerGroup group,
      EventLoop loop,
      int fd,
      InetSocketAddress address,
      Runnable onReadable) {
    super(group, loop, fd, address, onReadable);
    this.group = group;
    this.onlyDestination = onlyDestination(group.options().mode(), address);
    ProxyProtocol version = group.options().proxyProtocol();
    this.headers = version == ProxyProtocol.NONE ? null : new AwaitedHeaders(this, loop, version);
    this.whenRoom = () -> loop.execute(this::readable);
  }

  private static @Nullable InetSocketAddress onlyDestination(
      ListenerMode mode, InetSocketAddress address) {
    return switch (mode) {
      case DIRECT, FOREIGN -> address.getAddress().isAnyLocalAddress() ? null : address;
      case TPROXY, REDIRECT -> null;
    };
  }

  static TcpListener open(TcpListenerGroup group, EventLoop loop, Runnable onReadable)
      throws LinuxException {
    SocketCalls sockets = loop.sockets();
    int fd = group.openSocket(sockets);
    try {
      // Connections of an earlier listener may linger in TIME_WAIT.
      ListenerGroup.enable(sockets, fd, SocketOption.SO_REUSEADDR);
      ListenerGroup.enable(sockets, fd, SocketOption.SO_REUSEPORT);
      // Accepted sockets inherit both, which saves two calls for each.
      ListenerGroup.enable(sockets, fd, SocketOption.TCP_NODELAY);
      ListenerGroup.enable(sockets, fd, SocketOption.SO_KEEPALIVE);
      group.bind(sockets, fd);
      LinuxException.check("listen", sockets.listen(fd, group.options().backlog()));
      TcpListener listener = new TcpListener(group, loop, fd, sockets.localAddress(fd), onReadable);
      loop.register(fd, Epoll.IN, events -> listener.readable());
      return listener;
    } catch (LinuxException e) {
      loop.forgetAndClose(fd);
      throw e;
    }
  }

  @Override
  void readable() {
    if (!closed) {
      super.readable();
    }
  }

  @Override
  public @Nullable AcceptedConnection accept() {
    TcpConnection connection = headers == null ? null : headers.poll();
    while (connection == null && !closed && !paused() && group.limit().acquire(whenRoom)) {
      int accepted = acceptSocket();
      if (accepted < 0) {
        group.limit().release();
        return null;
      }
      connection = connection(accepted);
    }
    return connection;
  }

  /** The next socket; negative if there is none, or no descriptor for it. */
  private int acceptSocket() {
    SocketCalls sockets = loop.sockets();
    while (true) {
      int accepted = sockets.accept(fd);
      if (accepted >= 0) {
        group.counters().countAccepted();
        return accepted;
      }
      if (accepted == -Errno.EAGAIN) {
        return accepted;
      }
      if (Errno.outOfDescriptors(-accepted)) {
        pause();
        return accepted;
      }
      // Anything else is an error of this one connection, which is gone: accept(2), "Error
      // handling".
      group.counters().countAborted();
      log.debug("a connection to {} was lost: {}", address(), Errno.describe(-accepted));
    }
  }

  /** Null if its header is waited for, or if it is lost. */
  private @Nullable TcpConnection connection(int accepted) {
    InetSocketAddress client = loop.sockets().acceptedPeer();
    try {
      InetSocketAddress destination =
          onlyDestination != null
              ? onlyDestination
              : OriginalDestinations.read(loop.sockets(), accepted, group.options().mode());
      return headers == null
          ? connection(accepted, client, destination, null)
          : headers.await(accepted, client, destination);
    } catch (LinuxException e) {
      loop.sockets().reset(accepted);
      group.limit().release();
      log.warn("a connection from {} was reset: nobody knows where it was to go", client, e);
      return null;
    }
  }

  /**
   * A new connection.
   *
   * @param watched what has received its socket's events so far, if anything has
   */
  TcpConnection connection(
      int fd, InetSocketAddress client, InetSocketAddress destination, @Nullable Peeks watched) {
    TcpConnection connection = new TcpConnection(this, loop, fd, client, destination, watched);
    open.add(connection);
    return connection;
  }

  Flow<ByteString, ByteString, NotUsed> flow(TcpConnection connection) {
    return group.flow(connection);
  }

  @Override
  Collection<AcceptedConnection> open() {
    return open;
  }

  @Override
  void over(AcceptedConnection connection, Termination termination) {
    open.remove(connection);
    super.over(connection, termination);
  }

  @Override
  public void abortConnections() {
    super.abortConnections();
    if (headers != null) {
      headers.abort();
    }
  }

  /**
   * Connections that were not accepted are reset by the kernel, and so are those whose header is
   * still waited for.
   */
  @Override
  public void close(Runnable onClosed) {
    if (!closed) {
      closed = true;
      loop.forgetAndClose(fd);
      group.closed();
      if (headers != null) {
        headers.close();
      }
    }
    onClosed.run();
  }
}
