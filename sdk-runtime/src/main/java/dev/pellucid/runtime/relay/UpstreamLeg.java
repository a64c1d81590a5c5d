package dev.pellucid.runtime.relay;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;

/** A session's socket to its upstream. */
abstract class UpstreamLeg implements DatagramLeg {
  final EventLoop loop;
  final int fd;
  private byte[] header = new byte[0];

  private UpstreamLeg(EventLoop loop, int fd) {
    this.loop = loop;
    this.fd = fd;
  }

  /**
   * Connects a socket.
   *
   * @param handler told when there is something to receive
   * @throws DialException if it cannot be had; nothing stays open then
   */
  static UpstreamLeg dial(
      EventLoop loop,
      DialOptions options,
      InetSocketAddress client,
      InetSocketAddress upstream,
      EventHandler handler)
      throws DialException {
    return options.source() instanceof SourceAddress.ClientIpPort
        ? Borrowed.dial(loop, options, client, upstream, handler)
        : Shared.dial(loop, options, client, upstream, handler);
  }

  /** Has each datagram begin with a PROXY protocol header; empty: none. */
  void beginEachWith(byte[] header) {
    this.header = header;
  }

  @Override
  public int send(DatagramBatch batch, int from, int to) {
    return batch.send(fd, from, to, header);
  }

  /** A socket with a port of the kernel's choice, which other sessions may use afterwards. */
  private static final class Shared extends UpstreamLeg {
    private final UpstreamSockets.Name name;

    Shared(EventLoop loop, int fd, UpstreamSockets.Name name) {
      super(loop, fd);
      this.name = name;
    }

    static UpstreamLeg dial(
        EventLoop loop,
        DialOptions options,
        InetSocketAddress client,
        InetSocketAddress upstream,
        EventHandler handler)
        throws DialException {
      UpstreamSockets.Name name = UpstreamSockets.name(options, client, upstream);
      int fd = UpstreamSockets.of(loop).take(name);
      if (fd >= 0) {
        loop.replaceHandler(fd, handler);
      } else {
        fd = Dialer.openUdp(loop, options, client, upstream.getAddress(), handler);
      }
      Dialer.connectUdp(loop, fd, upstream);
      return new Shared(loop, fd, name);
    }

    @Override
    public void close() {
      UpstreamSockets.of(loop).give(name, fd);
    }
  }

  /** A socket with the client's port. */
  private static final class Borrowed extends UpstreamLeg {
    private final InetSocketAddress client;
    private final InetSocketAddress upstream;

    Borrowed(EventLoop loop, int fd, InetSocketAddress client, InetSocketAddress upstream) {
      super(loop, fd);
      this.client = client;
      this.upstream = upstream;
    }

    static UpstreamLeg dial(
        EventLoop loop,
        DialOptions options,
        InetSocketAddress client,
        InetSocketAddress upstream,
        EventHandler handler)
        throws DialException {
      if (!SpoofedPorts.borrow(client, upstream)) {
        throw DialException.ofProxy("bind " + client + " for " + upstream, Errno.EADDRINUSE);
      }
      try {
        int fd = Dialer.openUdp(loop, options, client, upstream.getAddress(), handler);
        Dialer.connectUdp(loop, fd, upstream);
        // While it was bound and not connected, anybody could send to it.
        UpstreamSockets.empty(loop, fd);
        return new Borrowed(loop, fd, client, upstream);
      } catch (DialException e) {
        SpoofedPorts.giveBack(client, upstream);
        throw e;
      }
    }

    @Override
    public void close() {
      loop.forgetAndClose(fd);
      SpoofedPorts.giveBack(client, upstream);
    }
  }
}
