package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * UDP sockets of a loop that have served a session and may serve another. To open, bind, register
 * and close one costs more than a short session does otherwise.
 *
 * <p>An idle socket is disconnected, which takes its port away and keeps its source address: late
 * datagrams of the last session find nobody, and the next session gets another port. It is empty,
 * too, and closed when nobody has wanted it for a second.
 */
final class UpstreamSockets implements AutoCloseable {
  static final int MAX_IDLE = 256;

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
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

  private record Idle(int fd, long since) {}

  private final EventLoop loop;

  /** The names that were wanted least recently come first; the eldest of each name as well. */
  private final Map<Name, ArrayDeque<Idle>> idle = new LinkedHashMap<>(16, 0.75f, true);

  private int count;
  private boolean sweeping;

  private UpstreamSockets(EventLoop loop) {
    this.loop = loop;
  }

  /** Those of a loop. Called on the loop. */
  static UpstreamSockets of(EventLoop loop) {
    return loop.resource(UpstreamSockets.class, UpstreamSockets::new);
  }

  /** A socket that is registered with the loop; negative if there is none. */
  int take(Name name) {
    ArrayDeque<Idle> sockets = idle.get(name);
    Idle youngest = sockets == null ? null : sockets.pollLast();
    if (youngest == null) {
      return -1;
    }
    count--;
    return youngest.fd;
  }

  /** Keeps a socket that is registered with the loop, or closes it. */
  void give(Name name, int fd) {
    // Disconnected first: nothing new arrives then.
    if (loop.sockets().disconnect(fd) < 0 || !empty(loop, fd)) {
      loop.forgetAndClose(fd);
      return;
    }
    loop.replaceHandler(fd, NOBODY);
    idle.computeIfAbsent(name, first -> new ArrayDeque<>()).addLast(new Idle(fd, loop.now()));
    count++;
    if (count > MAX_IDLE) {
      closeEldest();
    }
    if (!sweeping) {
      sweeping = true;
      loop.schedule(LINGER_NANOS, this::sweep);
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

  private void closeEldest() {
    Iterator<ArrayDeque<Idle>> eldest = idle.values().iterator();
    ArrayDeque<Idle> sockets = eldest.next();
    while (sockets.isEmpty()) {
      eldest.remove();
      sockets = eldest.next();
    }
    close(sockets.removeFirst());
  }

  private void sweep() {
    long limit = loop.now() - LINGER_NANOS;
    for (ArrayDeque<Idle> sockets : idle.values()) {
      while (!sockets.isEmpty() && sockets.getFirst().since - limit <= 0) {
        close(sockets.removeFirst());
      }
    }
    idle.values().removeIf(ArrayDeque::isEmpty);
    sweeping = count > 0;
    if (sweeping) {
      loop.schedule(LINGER_NANOS, this::sweep);
    }
  }

  private void close(Idle socket) {
    count--;
    loop.forgetAndClose(socket.fd);
  }

  @Override
  public void close() {
    idle.values().forEach(sockets -> sockets.forEach(this::close));
  }
}
