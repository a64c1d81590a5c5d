package dev.pellucid.runtime.relay;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a relayed connection, and the stream of bytes that is read from it and
 * written to the other.
 *
 * <p>Small messages are copied through the loop's buffer. Bulk is spliced through a pipe and never
 * leaves the kernel. While bytes wait for room on the other leg nothing more is read, and so a slow
 * reader slows the sender. So does a limit: what may not move yet is not read.
 */
final class Leg implements EventHandler {
  static final int INTEREST = Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.PRI;

  /** A read of at least this many bytes counts as bulk … */
  private static final int BULK_READ = 16384;

  /** … and so many of them in a row are worth a pipe. */
  private static final int BULK_READS = 2;

  /** What no pipe holds more than. */
  private static final long MAX_SPLICE = 1 << 20;

  /** After so many reads the loop's other sockets have their turn. */
  private static final int READS_PER_TURN = 16;

  private final TcpRelay relay;
  private final EventLoop loop;
  private final int fd;
  private final Transit transit;
  private final @Nullable Throttle throttle;
  private @Nullable Leg other;

  private boolean readable;
  private boolean endReceived;
  private boolean ended;
  private boolean endPassed;
  private boolean failed;
  private boolean urgent;
  private boolean full;
  private boolean resuming;
  private boolean written;
  private boolean noDelay;
  private int bulkReads;
  private long received;

  /**
   * A leg.
   *
   * @param noDelay whether the socket sends small segments at once already
   * @param limits what limits the bytes that are read from it
   */
  Leg(TcpRelay relay, EventLoop loop, int fd, boolean noDelay, List<Bandwidth> limits) {
    this.relay = relay;
    this.loop = loop;
    this.fd = fd;
    this.noDelay = noDelay;
    this.transit = new Transit(loop);
    this.throttle = Throttle.of(loop, limits, () -> relay.unthrottled(this));
  }

  void join(Leg other) {
    this.other = other;
    other.other = this;
  }

  Leg other() {
    Leg joined = other;
    if (joined == null) {
      throw new IllegalStateException("not joined");
    }
    return joined;
  }

  int descriptor() {
    return fd;
  }

  /** Whether there is something to read, as far as is known. */
  boolean readable() {
    return readable;
  }

  /** Bytes read from this leg. */
  long received() {
    return received;
  }

  /** Whether the end of this leg's stream has been passed on. */
  boolean endPassed() {
    return endPassed;
  }

  /** Whether the kernel has reported an error, such as a reset. */
  boolean failed() {
    return failed;
  }

  /** Whether there are bytes to read that a limit holds back, as far as is known. */
  boolean throttled() {
    return throttle != null && throttle.paused();
  }

  @Override
  public void onEvents(int events) {
    relay.onEvents(this, events);
  }

  /**
   * Takes note of events.
   *
   * @return whether this leg has room again for bytes that wait on the other
   */
  boolean note(int events) {
    if ((events & ~Epoll.OUT) != 0) {
      readable = true;
      failed |= (events & Epoll.ERR) != 0;
      // A reset looks like an end as well.
      endReceived |= (events & Epoll.RDHUP) != 0 && !failed;
      urgent |= (events & Epoll.PRI) != 0;
    }
    boolean roomAgain = full && (events & Epoll.OUT) != 0;
    full &= !roomAgain;
    return roomAgain;
  }

  /** Moves bytes from this leg to the other, as many as there are and as there is room for. */
  void pump() {
    for (int reads = 0; reads < READS_PER_TURN; reads++) {
      if (relay.over() || !flush()) {
        return;
      }
      if (ended) {
        passEnd();
        return;
      }
      if (!readable || !read()) {
        return;
      }
    }
    resumeLater();
  }

  private void resumeLater() {
    if (!resuming) {
      resuming = true;
      loop.executeNextTurn(this::resume);
    }
  }

  private void resume() {
    resuming = false;
    relay.resume(this);
  }

  private void passEnd() {
    if (!endPassed) {
      endPassed = true;
      relay.endPassed(this);
    }
  }

  /** True when nothing waits for room on the other leg. */
  private boolean flush() {
    if (transit.isEmpty()) {
      return true;
    }
    if (other().full) {
      return false;
    }
    other().aboutToWrite();
    return check(transit.flush(other().fd)) && transit.isEmpty();
  }

  /**
   * Called before each write to this leg. Small segments wait only for the acknowledgement of
   * others (tcp(7), TCP_NODELAY), so the first write is never delayed, and a connection with but
   * one saves a call.
   */
  private void aboutToWrite() {
    if (written && !noDelay) {
      noDelay = true;
      loop.sockets().enable(fd, SocketOption.TCP_NODELAY);
    }
    written = true;
  }

  /** Sends the header that comes first, together with what waits at the other leg. */
  void send(LeadingHeader header) throws DialException {
    boolean more = other().hasBytes();
    header.send(loop, fd, more);
    // What waits is to be written without setting TCP_NODELAY, which would send the header alone.
    written = !more;
  }

  /** Whether there is something to read, for certain. */
  private boolean hasBytes() {
    return SocketCalls.peek(fd, loop.buffer().address(), 1) > 0;
  }

  /** Takes note of how the other leg has received bytes. False if the connection is over. */
  private boolean check(int result) {
    if (result == -Errno.EAGAIN) {
      other().full = true;
    } else if (result < 0) {
      relay.reset(other(), -result);
      return false;
    }
    return true;
  }

  /** False if a limit allows no bytes now. */
  private boolean read() {
    if (throttle != null) {
      return readThrottled(throttle);
    }
    if (bulkReads >= BULK_READS && transit.preparePipe()) {
      splice(Long.MAX_VALUE);
    } else {
      copy(loop.buffer().size());
    }
    return true;
  }

  private boolean readThrottled(Throttle limit) {
    boolean bulk = bulkReads >= BULK_READS;
    long most = limit.ask(bulk ? MAX_SPLICE : loop.buffer().size());
    if (most == 0) {
      // Others may need the pipe meanwhile. It is empty, or nothing would be read.
      transit.release();
      return false;
    }
    long before = received;
    if (bulk && transit.preparePipe()) {
      splice(most);
    } else {
      copy((int) Math.min(most, loop.buffer().size()));
    }
    limit.moved(received - before);
    return true;
  }

  private void splice(long most) {
    long n = transit.spliceFrom(fd, most);
    if (n > 0) {
      received += n;
    } else if (n == 0) {
      end();
    } else if (n == -Errno.EAGAIN) {
      readable = false;
      transit.release();
      // The next large read makes it bulk again.
      bulkReads = BULK_READS - 1;
    } else {
      relay.reset(this, (int) -n);
    }
  }

  private void copy(int most) {
    long n = SocketCalls.receive(fd, loop.buffer().address(), most);
    if (n > 0) {
      received += n;
      // More than a limit allows is bulk as well.
      bulkReads = n >= Math.min(BULK_READ, most) ? bulkReads + 1 : 0;
      if (n < most && !urgent) {
        // The socket has run dry. If its end had been received before this read, that is next, and
        // known without another call. (Reads also stop short at urgent data.)
        ended = endReceived;
        readable = false;
      }
      other().aboutToWrite();
      check(transit.write(other().fd, (int) n, ended));
    } else if (n == 0) {
      end();
    } else if (n == -Errno.EAGAIN) {
      readable = false;
    } else {
      relay.reset(this, (int) -n);
    }
  }

  /** Nothing comes any more: the end of the stream, or an error that has been taken already. */
  private void end() {
    if (failed) {
      relay.reset(this, Errno.ECONNRESET);
    } else {
      ended = true;
    }
  }

  /** Closes the socket, with a reset if the peer is to see one. */
  void close(boolean reset) {
    if (throttle != null) {
      throttle.close();
    }
    loop.forget(fd);
    if (reset) {
      loop.sockets().reset(fd);
    } else {
      Descriptor.close(fd);
    }
    transit.release();
  }
}
