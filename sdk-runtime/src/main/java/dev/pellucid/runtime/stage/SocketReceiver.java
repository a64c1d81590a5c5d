package dev.pellucid.runtime.stage;

import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.relay.Throttle;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SubscriptionWithCancelException.NonFailureCancellation;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.util.ByteString;

/**
 * The receiving half of a socket's stage: one read for each pull, so that a stream that does not
 * pull slows the peer. Once the stream is cancelled, what still comes is thrown away.
 */
final class SocketReceiver extends AbstractOutHandler {
  /** After so many reads that are discarded, others have their turn. */
  private static final int DISCARDS_PER_TURN = 16;

  private final SocketLogic stage;
  private final Outlet<ByteString> out;

  /** There may be something to read; each event is told once, so this has to be remembered. */
  private boolean readable;

  private boolean endReceived;
  private boolean urgent;
  private boolean failed;
  private boolean ended;
  private boolean cancelled;

  SocketReceiver(SocketLogic stage, Outlet<ByteString> out) {
    this.stage = stage;
    this.out = out;
  }

  /** Whether the peer's end of stream was read. */
  boolean ended() {
    return ended;
  }

  /** Whether nobody wants what the peer sends. */
  boolean cancelled() {
    return cancelled;
  }

  /** Whether the kernel has reported an error. */
  boolean failed() {
    return failed;
  }

  @Override
  public void onPull() {
    read();
  }

  @Override
  public void onDownstreamFinish(Throwable cause) {
    if (cause instanceof NonFailureCancellation) {
      cancelled = true;
      read();
      stage.receivingCancelled();
    } else {
      stage.fail(cause);
    }
  }

  void onEvents(int events) {
    if ((events & ~Epoll.OUT) != 0) {
      note(events);
    }
    if (failed) {
      readLastWords();
    } else {
      read();
    }
  }

  private void note(int events) {
    readable = true;
    failed |= (events & Epoll.ERR) != 0;
    // A reset looks like an end as well.
    endReceived |= (events & Epoll.RDHUP) != 0 && !failed;
    urgent |= (events & Epoll.PRI) != 0;
  }

  /** The kernel has reported an error; what the peer had sent before is delivered first. */
  private void readLastWords() {
    if (stage.isAvailable(out)) {
      read();
    } else if (stage.lingering()) {
      stage.completeStage();
    } else if (stage.isClosed(out) || !hasQueued()) {
      stage.broken(Errno.ECONNRESET);
    }
  }

  private boolean hasQueued() {
    return SocketCalls.peek(stage.socket().descriptor(), stage.buffer().address(), 1) > 0;
  }

  private void read() {
    if (!readable) {
      return;
    }
    if (stage.isAvailable(out)) {
      readOnce();
    } else if (stage.isClosed(out) && !ended) {
      discard();
    }
  }

  private void readOnce() {
    Throttle limit = stage.socket().receiving();
    int most = limit == null ? SocketLogic.BUFFER_SIZE : (int) limit.ask(SocketLogic.BUFFER_SIZE);
    if (most == 0) {
      return;
    }
    long n = receive(most);
    if (limit != null) {
      limit.moved(Math.max(0, n));
    }
    if (n > 0) {
      stage.push(out, copy((int) n));
      if (ranDry(n, most)) {
        end();
      }
    } else if (n == 0) {
      end();
    }
  }

  /**
   * Nobody wants what the peer sends; unread, it would turn the orderly end into a reset. It goes
   * nowhere, and so no limit holds it back.
   */
  private void discard() {
    for (int i = 0; readable && i < DISCARDS_PER_TURN; i++) {
      long n = receive(SocketLogic.BUFFER_SIZE);
      if (n == 0 || (n > 0 && ranDry(n, SocketLogic.BUFFER_SIZE))) {
        end();
        return;
      }
    }
    if (readable) {
      stage.tell(Epoll.IN);
    }
  }

  /** Receives into the buffer. -1: there was nothing, or the socket is broken. */
  private long receive(int most) {
    long n = SocketCalls.receive(stage.socket().descriptor(), stage.buffer().address(), most);
    if (n > 0) {
      stage.socket().countReceived(n);
      return n;
    }
    readable = false;
    if (n == 0 && !failed) {
      return 0;
    }
    if (n != -Errno.EAGAIN) {
      stage.broken(n == 0 ? Errno.ECONNRESET : (int) -n);
    }
    return -1;
  }

  /**
   * Whether that was the last read. A short one means that the socket has run dry, unless it
   * stopped at urgent data; if the end of the stream had been received before, that is next.
   */
  private boolean ranDry(long n, int most) {
    if (n == most || urgent || failed) {
      return false;
    }
    readable = false;
    return endReceived;
  }

  private ByteString copy(int length) {
    byte[] bytes = new byte[length];
    stage.buffer().get(0, bytes, 0, length);
    return ByteString.fromArrayUnsafe(bytes);
  }

  private void end() {
    ended = true;
    if (!stage.isClosed(out)) {
      stage.complete(out);
    } else if (stage.lingering()) {
      stage.completeStage();
    }
  }
}
