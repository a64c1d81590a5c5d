package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Sockets that nobody needs just now. They are kept for a second, for the next to need one of the
 * same name, and there are never more of them than a limit. Belongs to a loop.
 *
 * @param <N> what sockets have in common that can stand in for each other
 */
final class IdleSockets<N> {
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Idle(int fd, long since) {}

  private final EventLoop loop;
  private final int most;
  private final IntConsumer close;

  /** The names that were wanted least recently come first, and the eldest of each name. */
  private final Map<N, ArrayDeque<Idle>> sockets = new LinkedHashMap<>(16, 0.75f, true);

  private int count;
  private boolean sweeping;

  /**
   * No sockets yet.
   *
   * @param most how many are kept at most
   * @param close closes one that is not
   */
  IdleSockets(EventLoop loop, int most, IntConsumer close) {
    this.loop = loop;
    this.most = most;
    this.close = close;
  }

  /** The descriptor of one that was kept; negative if there is none. */
  int take(N name) {
    ArrayDeque<Idle> named = sockets.get(name);
    Idle youngest = named == null ? null : named.pollLast();
    if (youngest == null) {
      return -1;
    }
    count--;
    return youngest.fd;
  }

  /** Keeps a socket. */
  void keep(N name, int fd) {
    sockets.computeIfAbsent(name, first -> new ArrayDeque<>()).addLast(new Idle(fd, loop.now()));
    count++;
    if (count > most) {
      closeEldest();
    }
    if (!sweeping) {
      sweeping = true;
      loop.schedule(LINGER_NANOS, this::sweep);
    }
  }

  private void closeEldest() {
    Iterator<ArrayDeque<Idle>> eldest = sockets.values().iterator();
    ArrayDeque<Idle> named = eldest.next();
    while (named.isEmpty()) {
      eldest.remove();
      named = eldest.next();
    }
    close(named.removeFirst());
  }

  private void sweep() {
    closeThoseUntil(loop.now() - LINGER_NANOS);
    sweeping = count > 0;
    if (sweeping) {
      loop.schedule(LINGER_NANOS, this::sweep);
    }
  }

  /** Closes all that are kept. */
  void closeAll() {
    closeThoseUntil(loop.now());
  }

  private void closeThoseUntil(long limit) {
    for (ArrayDeque<Idle> named : sockets.values()) {
      while (!named.isEmpty() && named.getFirst().since - limit <= 0) {
        close(named.removeFirst());
      }
    }
    sockets.values().removeIf(ArrayDeque::isEmpty);
  }

  private void close(Idle socket) {
    count--;
    close.accept(socket.fd);
  }
}
