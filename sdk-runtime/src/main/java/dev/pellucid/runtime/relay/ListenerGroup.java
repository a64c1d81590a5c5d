package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/**
 * The listeners, one per loop, that share an address with SO_REUSEPORT, and what they have in
 * common. May be used on any thread.
 */
public final class ListenerGroup {
  private final ListenerOptions options;
  private final ConnectionLimit limit;
  private final Function<TcpConnection, Flow<ByteString, ByteString, NotUsed>> flows;
  private final ListenerCounters counters = new ListenerCounters();
  private InetSocketAddress address;
  private int listening;

  /**
   * A group without listeners.
   *
   * @param flows makes the streams of those connections whose bytes are asked for
   */
  public ListenerGroup(
      ListenerOptions options,
      int maxConnections,
      Function<TcpConnection, Flow<ByteString, ByteString, NotUsed>> flows) {
    this.options = options;
    this.limit = new ConnectionLimit(maxConnections);
    this.flows = flows;
    this.address = options.address();
  }

  /** The limit that all listeners of this group keep. */
  public ConnectionLimit limit() {
    return limit;
  }

  /** What all listeners of this group have counted. */
  public ListenerCounters counters() {
    return counters;
  }

  /**
   * Opens one more listener. Called on its loop.
   *
   * @param onReadable run when {@link TcpListener#accept} may find a connection again
   * @throws LinuxException if the kernel refuses a socket, an option or the address
   */
  public synchronized TcpListener open(EventLoop loop, Runnable onReadable) throws LinuxException {
    if (listening == 0) {
      address = options.address();
      probe(loop.sockets());
    }
    TcpListener listener = TcpListener.open(this, loop, onReadable);
    listening++;
    address = listener.address();
    return listener;
  }

  /**
   * Binds the address alone, for a moment: with SO_REUSEPORT, another process of the same user that
   * listens there would go unnoticed and take its share of the connections.
   */
  private void probe(SocketCalls sockets) throws LinuxException {
    int fd = openSocket(sockets);
    try {
      bind(sockets, fd);
      LinuxException.check("listen on " + text(), sockets.listen(fd, 1));
    } finally {
      Descriptor.close(fd);
    }
  }

  int openSocket(SocketCalls sockets) throws LinuxException {
    return LinuxException.check("socket", sockets.tcpSocket(address.getAddress()));
  }

  void bind(SocketCalls sockets, int fd) throws LinuxException {
    enable(sockets, fd, SocketOption.SO_REUSEADDR);
    if (address.getAddress() instanceof Inet6Address) {
      enable(sockets, fd, SocketOption.IPV6_V6ONLY);
    }
    if (options.transparent()) {
      enable(sockets, fd, SocketOption.IP_TRANSPARENT);
    }
    LinuxException.check(
        "bind " + text(), sockets.bind(fd, address.getAddress(), address.getPort()));
  }

  static void enable(SocketCalls sockets, int fd, SocketOption option) throws LinuxException {
    LinuxException.check("setsockopt " + option, sockets.enable(fd, option));
  }

  Flow<ByteString, ByteString, NotUsed> flow(TcpConnection connection) {
    return flows.apply(connection);
  }

  boolean transparent() {
    return options.transparent();
  }

  int backlog() {
    return options.backlog();
  }

  synchronized void closed() {
    listening--;
  }

  private String text() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
