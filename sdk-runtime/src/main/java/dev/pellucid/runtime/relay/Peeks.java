package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.util.ByteString;

/**
 * Those who wait for the first bytes of a connection that nobody has taken over yet. It remembers
 * the events of the socket for its later owner, because each is told only once. Lives on the loop.
 */
final class Peeks implements EventHandler {
  /** What fits into any socket's receive buffer, and so is sure to arrive. */
  private static final int MAX_BYTES = 16384;

  private final EventLoop loop;
  private final int fd;
  private final List<Peek> waiting = new ArrayList<>();
  private int events;

  /** One who waits. */
  private final class Peek {
    final int least;
    final int most;
    final CompletableFuture<ByteString> result;
    final Timer timer;

    Peek(int least, int most, long limitNanos, CompletableFuture<ByteString> result) {
      this.least = least;
      this.most = most;
      this.result = result;
      this.timer = loop.schedule(limitNanos, this::timeOut);
    }

    /** Answers, if there are enough bytes or if there will never be more. */
    void advance() {
      ByteString seen = look(most);
      if (enough(seen, least)) {
        answer(seen);
      }
    }

    private void timeOut() {
      answer(look(most));
    }

    private void answer(ByteString seen) {
      leave();
      result.complete(seen);
    }

    void leave() {
      loop.cancel(timer);
      waiting.remove(this);
    }
  }

  private Peeks(EventLoop loop, int fd) {
    this.loop = loop;
    this.fd = fd;
  }

  static void requireValid(int least, int most, Duration limit) {
    if (least < 1 || most < least || most > MAX_BYTES) {
      throw new IllegalArgumentException(
          "bytes must be from 1 to " + MAX_BYTES + ", but are " + least + " to " + most);
    }
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("limit must be positive, but is " + limit);
    }
  }

  /** Starts to watch a socket. */
  static Peeks start(EventLoop loop, int fd) throws LinuxException {
    Peeks peeks = new Peeks(loop, fd);
    loop.register(fd, Leg.INTEREST, peeks);
    return peeks;
  }

  /** Goes on to watch a socket, whose events were delivered to someone else before. */
  static Peeks resume(EventLoop loop, int fd, int events) {
    Peeks peeks = new Peeks(loop, fd);
    peeks.events = events;
    loop.replaceHandler(fd, peeks);
    return peeks;
  }

  /** The events so far. */
  int events() {
    return events;
  }

  void add(int least, int most, long limitNanos, CompletableFuture<ByteString> result) {
    ByteString seen = look(most);
    if (enough(seen, least)) {
      result.complete(seen);
    } else {
      waiting.add(new Peek(least, most, limitNanos, result));
    }
  }

  @Override
  public void onEvents(int more) {
    events |= more;
    // Whoever is answered may end this connection, and with it the others' waiting.
    for (Peek peek : List.copyOf(waiting)) {
      if (waiting.contains(peek)) {
        peek.advance();
      }
    }
  }

  private boolean enough(ByteString seen, int least) {
    return seen.size() >= least || (events & (Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0;
  }

  private ByteString look(int bytes) {
    NativeMemory buffer = loop.buffer();
    long n = SocketCalls.peek(fd, buffer.address(), bytes);
    if (n < 0 && n != -Errno.EAGAIN) {
      // The kernel tells an error once, and it has told this call.
      events |= Epoll.ERR;
    }
    byte[] copy = new byte[(int) Math.max(0, n)];
    buffer.get(0, copy, 0, copy.length);
    return ByteString.fromArrayUnsafe(copy);
  }

  /** Nobody can look any more. */
  void end(IllegalStateException why) {
    for (Peek peek : List.copyOf(waiting)) {
      peek.leave();
      peek.result.completeExceptionally(why);
    }
  }
}
