package dev.pellucid.runtime.relay;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A session's socket to its upstream.
 *
 * @param loop the loop it is registered with
 * @param fd the socket
 * @param borrowed whose port it has borrowed, if the upstream is to see the client's
 * @param upstream the upstream
 */
record UpstreamLeg(
    EventLoop loop, int fd, Optional<InetSocketAddress> borrowed, InetSocketAddress upstream)
    implements DatagramLeg {

  /**
   * Opens the socket.
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
    Optional<InetSocketAddress> borrowed =
        options.source() instanceof SourceAddress.ClientIpPort
            ? Optional.of(client)
            : Optional.empty();
    if (borrowed.isPresent() && !SpoofedPorts.borrow(client, upstream)) {
      throw DialException.ofProxy("bind " + client + " for " + upstream, Errno.EADDRINUSE);
    }
    try {
      int fd = Dialer.dialUdp(loop.sockets(), options, client, upstream);
      UpstreamLeg leg = new UpstreamLeg(loop, fd, borrowed, upstream);
      leg.register(handler);
      return leg;
    } catch (DialException e) {
      borrowed.ifPresent(port -> SpoofedPorts.giveBack(port, upstream));
      throw e;
    }
  }

  private void register(EventHandler handler) throws DialException {
    try {
      loop.register(fd, Epoll.IN, handler);
    } catch (LinuxException e) {
      loop.forgetAndClose(fd);
      throw DialException.ofProxy("epoll_ctl", e.errno());
    }
  }

  @Override
  public int send(DatagramBatch batch, int from, int to) {
    return batch.send(fd, from, to);
  }

  @Override
  public void close() {
    loop.forgetAndClose(fd);
    borrowed.ifPresent(port -> SpoofedPorts.giveBack(port, upstream));
  }
}
