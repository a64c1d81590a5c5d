package dev.pellucid.runtime.relay;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

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
      prepare(sockets, fd, options, client, upstream.getAddress(), true);
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
   * A UDP socket that is connected, and so receives from that upstream alone and learns of ICMP
   * errors.
   *
   * @throws DialException if it failed; nothing stays open then
   */
  static int dialUdp(
      SocketCalls sockets,
      DialOptions options,
      InetSocketAddress client,
      InetSocketAddress upstream)
      throws DialException {
    int fd = DialException.check("socket", sockets.udpSocket(upstream.getAddress()));
    try {
      prepare(sockets, fd, options, client, upstream.getAddress(), false);
      int result = sockets.connect(fd, upstream);
      if (result < 0) {
        throw DialException.ofConnect(-result);
      }
      return fd;
    } catch (DialException e) {
      Descriptor.close(fd);
      throw e;
    }
  }

  /**
   * Sets the mark and binds the source address.
   *
   * @param portLater whether the port is chosen by connect, per destination; for UDP it makes no
   *     difference
   */
  private static void prepare(
      SocketCalls sockets,
      int fd,
      DialOptions options,
      InetSocketAddress client,
      InetAddress upstream,
      boolean portLater)
      throws DialException {
    mark(sockets, fd, options.mark());
    SourceAddress source = options.source();
    if (source instanceof SourceAddress.ClientIp) {
      bindForeign(sockets, fd, client.getAddress(), upstream, portLater);
    } else if (source instanceof SourceAddress.Given given) {
      bindForeign(sockets, fd, given.address(), upstream, portLater);
    } else if (source instanceof SourceAddress.ClientIpPort) {
      requireSameFamily(client.getAddress(), upstream);
      if (client.getPort() == 0) {
        // A PROXY protocol header may say so. The kernel would choose another port.
        throw DialException.ofProxy("bind to the client's port, which is 0", Errno.EADDRNOTAVAIL);
      }
      enable(sockets, fd, SocketOption.IP_TRANSPARENT);
      // Two connections of one client port, to two upstreams, share the local address.
      enable(sockets, fd, SocketOption.SO_REUSEADDR);
      bind(sockets, fd, client.getAddress(), client.getPort());
    }
  }

  private static void requireSameFamily(InetAddress source, InetAddress upstream)
      throws DialException {
    if (source instanceof Inet4Address != upstream instanceof Inet4Address) {
      throw DialException.ofFamilies(source, upstream);
    }
  }

  private static void bindForeign(
      SocketCalls sockets, int fd, InetAddress address, InetAddress upstream, boolean portLater)
      throws DialException {
    requireSameFamily(address, upstream);
    enable(sockets, fd, SocketOption.IP_TRANSPARENT);
    if (portLater) {
      enable(sockets, fd, SocketOption.IP_BIND_ADDRESS_NO_PORT);
    }
    bind(sockets, fd, address, 0);
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
