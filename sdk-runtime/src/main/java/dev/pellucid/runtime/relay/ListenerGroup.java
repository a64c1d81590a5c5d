package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.LocalAddresses;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * The listeners, one per loop, that share an address with SO_REUSEPORT, and what they have in
 * common. May be used on any thread.
 */
public abstract class ListenerGroup {
  private final ListenerOptions options;
  private final ConnectionLimit limit;
  private final ListenerCounters counters = new ListenerCounters();
  private final LocalAddresses localAddresses = new LocalAddresses();
  private volatile InetSocketAddress address;
  private int listening;

  ListenerGroup(ListenerOptions options) {
    this.options = options;
    this.limit = new ConnectionLimit(options.maxConnections());
    this.address = options.address();
  }

  /** The limit that all listeners of this group keep. */
  public final ConnectionLimit limit() {
    return limit;
  }

  /** What all listeners of this group have counted. */
  public final ListenerCounters counters() {
    return counters;
  }

  /**
   * Opens one more listener. Called on its loop.
   *
   * @param onReadable run when {@link Listener#accept} may find a connection again
   * @throws LinuxException if the kernel refuses a socket, an option or the address
   */
  public final synchronized Listener open(EventLoop loop, Runnable onReadable)
      throws LinuxException {
    if (listening == 0) {
      address = options.address();
      probe(loop.sockets());
    }
    Listener listener = openListener(loop, onReadable);
    listening++;
    address = listener.address();
    return listener;
  }

  abstract Listener openListener(EventLoop loop, Runnable onReadable) throws LinuxException;

  /**
   * Binds the address alone, for a moment: with SO_REUSEPORT, another process of the same user that
   * listens there would go unnoticed and take its share of the connections.
   */
  private void probe(SocketCalls sockets) throws LinuxException {
    int fd = openSocket(sockets);
    try {
      probe(sockets, fd);
    } finally {
      Descriptor.close(fd);
    }
  }

  abstract int openSocket(SocketCalls sockets) throws LinuxException;

  abstract void probe(SocketCalls sockets, int fd) throws LinuxException;

  final void bind(SocketCalls sockets, int fd) throws LinuxException {
    if (address.getAddress() instanceof Inet6Address) {
      int result =
          options.dualStack()
              ? sockets.disable(fd, SocketOption.IPV6_V6ONLY)
              : sockets.enable(fd, SocketOption.IPV6_V6ONLY);
      LinuxException.check("setsockopt IPV6_V6ONLY", result);
    }
    if (options.mark() != 0) {
      LinuxException.check("setsockopt SO_MARK", sockets.mark(fd, options.mark()));
    }
    if (options.mode().transparent()) {
      enable(sockets, fd, SocketOption.IP_TRANSPARENT);
    }
    LinuxException.check(
        "bind " + text(), sockets.bind(fd, address.getAddress(), address.getPort()));
  }

  static void enable(SocketCalls sockets, int fd, SocketOption option) throws LinuxException {
    LinuxException.check("setsockopt " + option, sockets.enable(fd, option));
  }

  /** How its listeners listen. */
  public final ListenerOptions options() {
    return options;
  }

  /** Whether whoever connects there reaches these listeners themselves. */
  final boolean isListener(InetSocketAddress asked) {
    InetSocketAddress own = address;
    return asked.getPort() == own.getPort()
        && (asked.equals(own) || localAddresses.contains(asked.getAddress()));
  }

  final InetSocketAddress address() {
    return address;
  }

  final synchronized void closed() {
    listening--;
  }

  final String text() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
