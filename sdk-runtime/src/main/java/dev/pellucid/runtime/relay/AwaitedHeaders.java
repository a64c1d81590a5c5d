package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The accepted sockets of a listener that have to begin with a PROXY protocol header, and the
 * connections that have come of them: those whose header is complete, and those that are refused
 * for want of one and go on to the log. Lives on the loop.
 */
final class AwaitedHeaders {
  private final TcpListener listener;
  private final EventLoop loop;
  private final ProxyProtocol version;
  private final Set<AwaitedHeader> waiting = new HashSet<>();
  private final Queue<TcpConnection> concluded = new ArrayDeque<>();

  AwaitedHeaders(TcpListener listener, EventLoop loop, ProxyProtocol version) {
    this.listener = listener;
    this.loop = loop;
    this.version = version;
  }

  /**
   * Reads the header of a socket that was just accepted.
   *
   * @return the connection, if it is known already what comes of it; otherwise {@link #poll}
   *     returns it later, when the listener has become readable
   * @throws LinuxException if the kernel refuses the descriptor, which stays the caller's then
   */
  @Nullable TcpConnection await(int fd, InetSocketAddress peer, InetSocketAddress local)
      throws LinuxException {
    AwaitedHeader header = new AwaitedHeader(this, loop, version, fd, peer, local);
    TcpConnection connection = header.begin();
    if (connection == null) {
      header.watch();
      waiting.add(header);
    }
    return connection;
  }

  /** The next connection whose header was waited for, if there is one. */
  @Nullable TcpConnection poll() {
    return concluded.poll();
  }

  TcpConnection connection(
      int fd, InetSocketAddress client, InetSocketAddress destination, @Nullable Peeks watched) {
    return listener.connection(fd, client, destination, watched);
  }

  /** Called by a header that was waited for, once. */
  void concluded(AwaitedHeader header, TcpConnection connection) {
    waiting.remove(header);
    concluded.add(connection);
    listener.readable();
  }

  /** Ends the waiting of all with resets. */
  void abort() {
    List.copyOf(waiting).forEach(AwaitedHeader::abort);
  }

  /** Ends also those that nobody will ask for any more. */
  void close() {
    abort();
    concluded.forEach(connection -> connection.abort(Cause.STOPPED));
    concluded.clear();
  }
}
