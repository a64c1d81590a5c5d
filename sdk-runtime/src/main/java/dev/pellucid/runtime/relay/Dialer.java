package dev.pellucid.runtime.relay;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Opens upstream sockets with the source address that was asked for, and with no other. */
final class Dialer {
  private Dialer() {}

  /**
   * Starts to connect.
   *
   * @param dataWaits whether there is something to send as soon as the upstream has answered: the
   *     acknowledgement of its answer then travels with it, which saves a packet
   * @return a socket that is connected, or about to be
   * @throws DialException if it failed at once; nothing stays open then
   */
  static int dialTcp(
      SocketCalls sockets,
      DialOptions options,
      InetSocketAddress client,
      InetSocketAddress upstream,
      boolean dataWaits)
      throws DialException {
    int fd = DialException.check("socket", sockets.tcpSocket(upstream.getAddress()));
    try {
      prepare(sockets, fd, options, client, upstream.getAddress());
      if (dataWaits) {
        disable(sockets, fd, SocketOption.TCP_QUICKACK);
      }
      int result = sockets.connect(fd, upstream);
      if (result < 0 && result != -Errno.EINPROGRESS) {
        throw DialException.ofConnect(-result);
      }
      return fd;
    } catch (DialException e) {
      Descriptor.close(fd);
      throw e;
    }
  }

  /**
   * Opens a UDP socket and registers it.
   *
   * @param handler told when there is something to receive
   * @throws DialException if it failed; nothing stays open then
   */
  static int openUdp(
      EventLoop loop,
      DialOptions options,
      InetSocketAddress client,
      InetAddress upstream,
      EventHandler handler)
      throws DialException {
    SocketCalls sockets = loop.sockets();
    int fd = DialException.check("socket", sockets.udpSocket(upstream));
    try {
      prepare(sockets, fd, options, client, upstream);
      sockets.set(fd, SocketOption.SO_RCVBUF, UdpListener.RECEIVE_BUFFER);
      loop.register(fd, Epoll.IN, handler);
      return fd;
    } catch (DialException e) {
      Descriptor.close(fd);
      throw e;
    } catch (LinuxException e) {
      Descriptor.close(fd);
      throw DialException.ofProxy("epoll_ctl", e.errno());
    }
  }

  /**
   * Connects a UDP socket, which then receives from that upstream alone and learns of ICMP errors.
   *
   * @throws DialException if it failed; the socket is closed then
   */
  static void connectUdp(EventLoop loop, int fd, InetSocketAddress upstream) throws DialException {
    int result = loop.sockets().connect(fd, upstream);
    if (result < 0) {
      loop.forgetAndClose(fd);
      throw DialException.ofConnect(-result);
    }
  }

  /** The address that a socket is bound to, with a port of the kernel's choice. */
  static Optional<InetAddress> boundAddress(SourceAddress source, InetSocketAddress client) {
    if (source instanceof SourceAddress.ClientIp) {
      return Optional.of(client.getAddress());
    }
    return source instanceof SourceAddress.Given given
        ? Optional.of(given.address())
        : Optional.empty();
  }

  /** Sets the mark and binds the source address. */
  private static void prepare(
      SocketCalls sockets,
      int fd,
      DialOptions options,
      InetSocketAddress client,
      InetAddress upstream)
      throws DialException {
    mark(sockets, fd, options.mark());
    if (options.source() instanceof SourceAddress.ClientIpPort) {
      bindPort(sockets, fd, client, upstream);
      return;
    }
    Optional<InetAddress> address = boundAddress(options.source(), client);
    if (address.isPresent()) {
      requireSameFamily(address.get(), upstream);
      enable(sockets, fd, SocketOption.IP_TRANSPARENT);
      enable(sockets, fd, SocketOption.IP_BIND_ADDRESS_NO_PORT);
      bind(sockets, fd, address.get(), 0);
    }
  }

  private static void bindPort(
      SocketCalls sockets, int fd, InetSocketAddress client, InetAddress upstream)
      throws DialException {
    if (client.getPort() == 0) {
      // A PROXY protocol header may say so. The kernel would choose another port.
      throw DialException.ofProxy("bind to the client's port, which is 0", Errno.EADDRNOTAVAIL);
    }
    requireSameFamily(client.getAddress(), upstream);
    enable(sockets, fd, SocketOption.IP_TRANSPARENT);
    // Two connections of one client port, to two upstreams, share the local address.
    enable(sockets, fd, SocketOption.SO_REUSEADDR);
    bind(sockets, fd, client.getAddress(), client.getPort());
  }

  private static void requireSameFamily(InetAddress source, InetAddress upstream)
      throws DialException {
    if (source instanceof Inet4Address != upstream instanceof Inet4Address) {
      throw DialException.ofFamilies(source, upstream);
    }
  }

  static void mark(SocketCalls sockets, int fd, int mark) throws DialException {
    if (mark != 0) {
      DialException.check("setsockopt SO_MARK", sockets.mark(fd, mark));
    }
  }

  static void bind(SocketCalls sockets, int fd, InetAddress address, int port)
      throws DialException {
    DialException.check(
        "bind " + address.getHostAddress() + ":" + port, sockets.bind(fd, address, port));
  }

  static void enable(SocketCalls sockets, int fd, SocketOption option) throws DialException {
    DialException.check("setsockopt " + option, sockets.enable(fd, option));
  }

  private static void disable(SocketCalls sockets, int fd, SocketOption option)
      throws DialException {
    DialException.check("setsockopt " + option, sockets.disable(fd, option));
  }
}
