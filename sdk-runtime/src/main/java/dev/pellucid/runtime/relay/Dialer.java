package dev.pellucid.runtime.relay;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
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
  static int dial(
      SocketCalls sockets,
      SourceAddress source,
      InetSocketAddress client,
      InetSocketAddress upstream,
      boolean dataWaits)
      throws DialException {
    int fd = sockets.tcpSocket(upstream.getAddress());
    if (fd < 0) {
      throw DialException.ofProxy("socket", -fd);
    }
    try {
      bindSource(sockets, fd, source, client);
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

  private static void bindSource(
      SocketCalls sockets, int fd, SourceAddress source, InetSocketAddress client)
      throws DialException {
    if (source instanceof SourceAddress.ClientIp) {
      bindForeign(sockets, fd, client.getAddress());
    } else if (source instanceof SourceAddress.Given given) {
      bindForeign(sockets, fd, given.address());
    } else if (source instanceof SourceAddress.ClientIpPort) {
      enable(sockets, fd, SocketOption.IP_TRANSPARENT);
      // Two connections of one client port, to two upstreams, share the local address.
      enable(sockets, fd, SocketOption.SO_REUSEADDR);
      bind(sockets, fd, client.getAddress(), client.getPort());
    }
  }

  private static void bindForeign(SocketCalls sockets, int fd, InetAddress address)
      throws DialException {
    enable(sockets, fd, SocketOption.IP_TRANSPARENT);
    enable(sockets, fd, SocketOption.IP_BIND_ADDRESS_NO_PORT);
    bind(sockets, fd, address, 0);
  }

  private static void bind(SocketCalls sockets, int fd, InetAddress address, int port)
      throws DialException {
    int result = sockets.bind(fd, address, port);
    if (result < 0) {
      throw DialException.ofProxy("bind " + address.getHostAddress() + ":" + port, -result);
    }
  }

  private static void enable(SocketCalls sockets, int fd, SocketOption option)
      throws DialException {
    check(option, sockets.enable(fd, option));
  }

  private static void disable(SocketCalls sockets, int fd, SocketOption option)
      throws DialException {
    check(option, sockets.disable(fd, option));
  }

  private static void check(SocketOption option, int result) throws DialException {
    if (result < 0) {
      throw DialException.ofProxy("setsockopt " + option, -result);
    }
  }
}
