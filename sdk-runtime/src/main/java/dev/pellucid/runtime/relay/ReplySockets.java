package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a loop that are bound to original destinations, to send replies from. Sessions
 * with the same one share its socket. A socket that nobody needs is kept for a moment, for the next
 * client is likely to ask the same server; there are never more of those than {@link #MAX_IDLE}.
 *
 * <p>They are not connected: a connected one would take the client's datagrams from the listener.
 */
final class ReplySockets implements AutoCloseable {
  static final int MAX_IDLE = 64;

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Nothing is ever received there; what strays in shall not fill memory. */
  private static final int RECEIVE_BUFFER = 1;

  private final EventLoop loop;
  private final Map<InetSocketAddress, ReplySocket> used = new HashMap<>();

  /** The eldest first. */
  private final Map<InetSocketAddress, ReplySocket> idle = new LinkedHashMap<>();

  private ReplySockets(EventLoop loop) {
    this.loop = loop;
  }

  /** Those of a loop. Called on the loop. */
  static ReplySockets of(EventLoop loop) {
    return loop.resource(ReplySockets.class, ReplySockets::new);
  }

  /**
   * The way to a client from an address.
   *
   * @throws DialException if the kernel refuses the socket
   */
  DatagramLeg acquire(InetSocketAddress address, InetSocketAddress client) throws DialException {
    ReplySocket socket = used.get(address);
    if (socket == null) {
      socket = reuse(address);
      if (socket == null) {
        socket = new ReplySocket(address, open(address));
      }
      used.put(address, socket);
    }
    socket.users++;
    return new ReplyLeg(socket, client);
  }

  private @Nullable ReplySocket reuse(InetSocketAddress address) {
    ReplySocket socket = idle.remove(address);
    if (socket != null && socket.expiry != null) {
      loop.cancel(socket.expiry);
    }
    return socket;
  }

  private int open(InetSocketAddress address) throws DialException {
    SocketCalls sockets = loop.sockets();
    int fd = DialException.check("socket", sockets.udpSocket(address.getAddress()));
    try {
      Dialer.enable(sockets, fd, SocketOption.IP_TRANSPARENT);
      // The other loops have sockets with this address as well.
      Dialer.enable(sockets, fd, SocketOption.SO_REUSEADDR);
      sockets.set(fd, SocketOption.SO_RCVBUF, RECEIVE_BUFFER);
      Dialer.bind(sockets, fd, address.getAddress(), address.getPort());
      return fd;
    } catch (DialException e) {
      Descriptor.close(fd);
      throw e;
    }
  }

  private void release(ReplySocket socket) {
    socket.users--;
    if (socket.users > 0) {
      return;
    }
    used.remove(socket.address);
    idle.put(socket.address, socket);
    socket.expiry = loop.schedule(LINGER_NANOS, () -> closeIdle(socket));
    if (idle.size() > MAX_IDLE) {
      closeIdle(idle.values().iterator().next());
    }
  }

  private void closeIdle(ReplySocket socket) {
    reuse(socket.address);
    Descriptor.close(socket.fd);
  }

  @Override
  public void close() {
    idle.values().forEach(socket -> Descriptor.close(socket.fd));
    used.values().forEach(socket -> Descriptor.close(socket.fd));
  }

  /** A socket and how many sessions use it. */
  private static final class ReplySocket {
    final InetSocketAddress address;
    final int fd;
    int users;
    @Nullable Timer expiry;

    ReplySocket(InetSocketAddress address, int fd) {
      this.address = address;
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
