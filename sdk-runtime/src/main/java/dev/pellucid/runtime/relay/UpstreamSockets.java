package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * UDP sockets of a loop that have served a session and may serve another. To open, bind, register
 * and close one is about a fifth of all the work for a DNS query.
 *
 * <p>An idle socket is disconnected, which takes its port away and keeps its source address: late
 * datagrams of the last session find nobody, and the next session gets another port. It is empty,
 * too.
 */
final class UpstreamSockets implements AutoCloseable {
  static final int MAX_IDLE = 256;

  private static final EventHandler NOBODY = events -> {};

  /** A socket with more left in it than this is not worth emptying. */
  private static final int MOST_LEFT = 16;

  /**
   * What sockets have in common that can stand in for each other.
   *
   * @param ipv4 whether they speak IPv4, not IPv6
   * @param source the address they are bound to, if they are
   * @param mark what their packets are marked with
   */
  record Name(boolean ipv4, Optional<InetAddress> source, int mark) {}

  /** The name of the sockets that a session may use. */
  static Name name(DialOptions options, InetSocketAddress client, InetSocketAddress upstream) {
    return new Name(
        upstream.getAddress() instanceof Inet4Address,
        Dialer.boundAddress(options.source(), client),
        options.mark());
  }

  private final EventLoop loop;
  private final IdleSockets<Name> idle;

  private UpstreamSockets(EventLoop loop) {
    this.loop = loop;
    this.idle = new IdleSockets<>(loop, MAX_IDLE, loop::forgetAndClose);
  }

  /** Those of a loop. Called on the loop. */
  static UpstreamSockets of(EventLoop loop) {
    return loop.resource(UpstreamSockets.class, UpstreamSockets::new);
  }

  /** A socket that is registered with the loop; negative if there is none. */
  int take(Name name) {
    return idle.take(name);
  }

  /** Keeps a socket that is registered with the loop, or closes it. */
  void give(Name name, int fd) {
    // Disconnected first: nothing new arrives then.
    if (loop.sockets().disconnect(fd) == 0 && empty(loop, fd)) {
      loop.replaceHandler(fd, NOBODY);
      idle.keep(name, fd);
    } else {
      loop.forgetAndClose(fd);
    }
  }

  /** Throws away what was received. False if that is too much to bother. */
  static boolean empty(EventLoop loop, int fd) {
    NativeMemory buffer = loop.buffer();
    for (int i = 0; i < MOST_LEFT; i++) {
      if (SocketCalls.receive(fd, buffer.address(), buffer.size()) == -Errno.EAGAIN) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    idle.closeAll();
  }
}
