package dev.pellucid.runtime.stage;

import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.relay.Throttle;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a socket's stage: the next element is pulled when all of the last one is
 * written, so that a peer that does not read slows the stream.
 */
final class SocketSender extends AbstractInHandler {
  private final SocketLogic stage;
  private final Inlet<ByteString> in;

  private byte @Nullable [] rest;
  private int restStart;

  /** There is no room, or a limit allows nothing: both are told of when that is over. */
  private boolean full;

  private boolean ended;

  SocketSender(SocketLogic stage, Inlet<ByteString> in) {
    this.stage = stage;
    this.in = in;
  }

  /** Whether the stream has ended and all of it is written. */
  boolean ended() {
    return ended;
  }

  /** The socket is connected; nothing is pulled before. */
  void start() {
    if (stage.isClosed(in)) {
      end();
    } else {
      stage.pull(in);
    }
  }

  /** The socket may have room again. */
  void onWritable() {
    if (full) {
      full = false;
      flush();
    }
  }

  @Override
  public void onPush() {
    rest = stage.grab(in).toArrayUnsafe();
    restStart = 0;
    flush();
  }

  @Override
  public void onUpstreamFinish() {
    if (rest != null) {
      // The stage outlives its ports until everything is written.
      stage.setKeepGoing(true);
    } else {
      end();
    }
  }

  @Override
  public void onUpstreamFailure(Throwable cause) {
    stage.fail(cause);
  }

  private void flush() {
    while (rest != null && restStart < rest.length) {
      int length = Math.min(rest.length - restStart, SocketLogic.BUFFER_SIZE);
      Throttle limit = stage.socket().sending();
      if (limit != null) {
        length = (int) limit.ask(length);
      }
      if (length == 0) {
        full = true;
        return;
      }
      stage.buffer().put(0, rest, restStart, length);
      long n =
          SocketCalls.send(stage.socket().descriptor(), stage.buffer().address(), length, false);
      if (limit != null) {
        limit.moved(Math.max(0, n));
      }
      if (n < 0 && n != -Errno.EAGAIN) {
        stage.broken((int) -n);
        return;
      }
      restStart += (int) Math.max(0, n);
      if (n < length) {
        full = true;
        return;
      }
    }
    written();
  }

  private void written() {
    rest = null;
    if (stage.isClosed(in)) {
      end();
    } else if (!stage.hasBeenPulled(in)) {
      stage.pull(in);
    }
  }

  private void end() {
    ended = true;
    stage.sendingEnded();
  }
}
