package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sockets of a loop that are bound to original destinations, to send replies from. Sessions
 * with the same one share its socket. A socket that nobody needs is kept for a moment, for the next
 * client is likely to ask the same server; there are never more of those than {@link #MAX_IDLE}.
 *
 * <p>They are connected to nobody who sends. Connected to a client, one would take the client's
 * datagrams from the listener. Not connected at all, it would take everybody's whom the firewall
 * does not hand to the listener, for the divert rule delivers to a socket what is addressed to it.
 */
final class ReplySockets implements AutoCloseable {
  static final int MAX_IDLE = 64;

  /** Nothing is ever received there; what strays in shall not fill memory. */
  private static final int RECEIVE_BUFFER = 1;

  private static final InetSocketAddress NOBODY = nobody(new byte[] {127, 0, 0, 1});
  private static final InetSocketAddress NOBODY_6 =
      nobody(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

  private final EventLoop loop;
  private final Map<Name, ReplySocket> used = new HashMap<>();
  private final IdleSockets<Name> idle;

  private ReplySockets(EventLoop loop) {
    this.loop = loop;
    this.idle = new IdleSockets<>(loop, MAX_IDLE, Descriptor::close);
  }

  /** Those of a loop. Called on the loop. */
  static ReplySockets of(EventLoop loop) {
    return loop.resource(ReplySockets.class, ReplySockets::new);
  }

  /**
   * The way to a client from an address.
   *
   * @param mark what the packets are marked with; 0: nothing
   * @throws DialException if the kernel refuses the socket
   */
  DatagramLeg acquire(InetSocketAddress address, int mark, InetSocketAddress client)
      throws DialException {
    Name name = new Name(address, mark);
    ReplySocket socket = used.get(name);
    if (socket == null) {
      int kept = idle.take(name);
      socket = new ReplySocket(name, kept >= 0 ? kept : open(name));
      used.put(name, socket);
    }
    socket.users++;
    return new ReplyLeg(socket, client);
  }

  private int open(Name name) throws DialException {
    SocketCalls sockets = loop.sockets();
    InetAddress host = name.address.getAddress();
    int fd = DialException.check("socket", sockets.udpSocket(host));
    try {
      Dialer.enable(sockets, fd, SocketOption.IP_TRANSPARENT);
      // The other loops have sockets with this address as well.
      Dialer.enable(sockets, fd, SocketOption.SO_REUSEADDR);
      sockets.set(fd, SocketOption.SO_RCVBUF, RECEIVE_BUFFER);
      Dialer.mark(sockets, fd, name.mark);
      Dialer.bind(sockets, fd, host, name.address.getPort());
      DialException.check("connect", sockets.connect(fd, nobody(host)));
      return fd;
    } catch (DialException e) {
      Descriptor.close(fd);
      throw e;
    }
  }

  /** The discard service of this host, which has never been asked anything. */
  private static InetSocketAddress nobody(InetAddress like) {
    return like instanceof Inet4Address ? NOBODY : NOBODY_6;
  }

  private void release(ReplySocket socket) {
    socket.users--;
    if (socket.users == 0) {
      used.remove(socket.name);
      idle.keep(socket.name, socket.fd);
    }
  }

  private static InetSocketAddress nobody(byte[] loopback) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(loopback), 9);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 are legal lengths", e);
    }
  }

  /** Closes those that nobody uses: they keep others from listening at their addresses. */
  void closeIdle() {
    idle.closeAll();
  }

  @Override
  public void close() {
    idle.closeAll();
    used.values().forEach(socket -> Descriptor.close(socket.fd));
  }

  /** What a socket sends from, and what it marks its packets with. */
  private record Name(InetSocketAddress address, int mark) {}

  /** A socket and how many sessions use it. */
  private static final class ReplySocket {
    final Name name;
    final int fd;
    int users;

    ReplySocket(Name name, int fd) {
      this.name = name;
      this.fd = fd;
    }
  }

  /** One session's share of a socket. */
  private final class ReplyLeg implements DatagramLeg {
    private final ReplySocket socket;
    private final InetSocketAddress client;

    ReplyLeg(ReplySocket socket, InetSocketAddress client) {
      this.socket = socket;
      this.client = client;
    }

    @Override
    public int send(DatagramBatch batch, int from, int to) {
      return batch.sendTo(socket.fd, from, to, client, Optional.empty());
    }

    @Override
    public void close() {
      release(socket);
    }
  }
}
