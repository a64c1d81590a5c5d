package dev.pellucid.runtime.relay;

import dev.pellucid.api.Termination;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket on a loop. */
public final class TcpListener {
  private static final Logger log = LoggerFactory.getLogger(TcpListener.class);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ListenerGroup group;
  private final EventLoop loop;
  private final int fd;
  private final InetSocketAddress address;

  /** Where every client wanted to go, if that can be but one address. */
  private final @Nullable InetSocketAddress onlyDestination;

  private final Runnable onReadable;
  private final Runnable whenRoom;
  private final Set<TcpConnection> open = new HashSet<>();
  private boolean paused;
  private boolean starved;
  private boolean closed;

  private TcpListener(
      ListenerGroup group, EventLoop loop, int fd, InetSocketAddress address, Runnable onReadable) {
    this.group = group;
    this.loop = loop;
    this.fd = fd;
    this.address = address;
    this.onlyDestination =
        group.transparent() || address.getAddress().isAnyLocalAddress() ? null : address;
    this.onReadable = onReadable;
    this.whenRoom = () -> loop.execute(this::readable);
  }

  static TcpListener open(ListenerGroup group, EventLoop loop, Runnable onReadable)
      throws LinuxException {
    SocketCalls sockets = loop.sockets();
    int fd = group.openSocket(sockets);
    try {
      ListenerGroup.enable(sockets, fd, SocketOption.SO_REUSEPORT);
      // Accepted sockets inherit both, which saves two calls for each.
      ListenerGroup.enable(sockets, fd, SocketOption.TCP_NODELAY);
      ListenerGroup.enable(sockets, fd, SocketOption.SO_KEEPALIVE);
      group.bind(sockets, fd);
      LinuxException.check("listen", sockets.listen(fd, group.backlog()));
      TcpListener listener = new TcpListener(group, loop, fd, sockets.localAddress(fd), onReadable);
      loop.register(fd, Epoll.IN, events -> listener.readable());
      return listener;
    } catch (LinuxException e) {
      loop.forgetAndClose(fd);
      throw e;
    }
  }

  /** Where this listener listens. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Takes the next connection. If there is none, if the limit is reached or if no descriptor is
   * left, it returns null and {@code onReadable} runs when it is worth another try.
   */
  public @Nullable TcpConnection accept() {
    if (closed || paused || !group.limit().acquire(whenRoom)) {
      return null;
    }
    TcpConnection connection = acceptNext();
    if (connection == null) {
      group.limit().release();
    }
    return connection;
  }

  private @Nullable TcpConnection acceptNext() {
    SocketCalls sockets = loop.sockets();
    while (true) {
      int accepted = sockets.accept(fd);
      if (accepted >= 0) {
        group.counters().countAccepted();
        return connection(accepted);
      }
      if (accepted == -Errno.EAGAIN) {
        return null;
      }
      if (Errno.outOfDescriptors(-accepted)) {
        pause();
        return null;
      }
      // Anything else is an error of this one connection, which is gone: accept(2), "Error
      // handling".
      group.counters().countAborted();
      log.debug("a connection to {} was lost: {}", address, Errno.describe(-accepted));
    }
  }

  private @Nullable TcpConnection connection(int accepted) {
    InetSocketAddress client = loop.sockets().acceptedPeer();
    try {
      InetSocketAddress destination =
          onlyDestination != null ? onlyDestination : loop.sockets().localAddress(accepted);
      TcpConnection connection = new TcpConnection(this, loop, accepted, client, destination);
      open.add(connection);
      return connection;
    } catch (LinuxException e) {
      Descriptor.close(accepted);
      log.warn("a connection from {} was dropped", client, e);
      return null;
    }
  }

  /**
   * Stops accepting for a moment, because no descriptor is left. Connections wait in the backlog
   * meanwhile; the kernel does not tell when descriptors return.
   */
  private void pause() {
    if (paused) {
      return;
    }
    paused = true;
    group.counters().countPause();
    if (!starved) {
      starved = true;
      log.warn(
          "accepting on {} pauses: no file descriptor is left; raise the limit (ulimit -n)",
          address);
    }
    loop.schedule(PAUSE_NANOS, this::resume);
  }

  private void resume() {
    paused = false;
    readable();
  }

  private void readable() {
    if (!closed) {
      onReadable.run();
    }
  }

  Flow<ByteString, ByteString, NotUsed> flow(TcpConnection connection) {
    return group.flow(connection);
  }

  /** A connection of this listener has ended. */
  void over(TcpConnection connection, Termination termination) {
    open.remove(connection);
    group.limit().release();
    group.counters().countEnd(termination);
    if (termination.cause() == Termination.Cause.OUT_OF_DESCRIPTORS) {
      // The next one would fare no better.
      pause();
    } else {
      starved = false;
    }
  }

  /** Ends the connections of this listener with resets. */
  public void abortConnections() {
    List.copyOf(open).forEach(TcpConnection::abort);
  }

  /** Stops listening; connections that were not accepted are reset by the kernel. */
  public void close() {
    if (!closed) {
      closed = true;
      loop.forgetAndClose(fd);
      group.closed();
    }
  }
}
