package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.Pipe;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from one socket to another: what the one has delivered and the other has had
 * no room for yet. At most one buffer, or one pipe, of them.
 *
 * <p>Its methods return 0 when nothing is left behind, {@code -EAGAIN} when something is, and any
 * other negative errno when the receiving socket is broken.
 */
final class Transit {
  private final EventLoop loop;
  private @Nullable Pipe pipe;
  private byte @Nullable [] rest;
  private int restStart;

  Transit(EventLoop loop) {
    this.loop = loop;
  }

  boolean isEmpty() {
    return rest == null && (pipe == null || pipe.held() == 0);
  }

  /**
   * Writes the first bytes of the loop's buffer to a socket.
   *
   * @param last whether the end of the stream follows at once; it travels in the same segment then
   */
  int write(int socket, int length, boolean last) {
    NativeMemory buffer = loop.buffer();
    long written = SocketCalls.send(socket, buffer.address(), length, last);
    if (written == length) {
      return 0;
    }
    if (written < 0 && written != -Errno.EAGAIN) {
      return (int) written;
    }
    int sent = (int) Math.max(0, written);
    rest = new byte[length - sent];
    restStart = 0;
    buffer.get(sent, rest, 0, rest.length);
    return -Errno.EAGAIN;
  }

  /** Whether there is a pipe to splice through; otherwise bytes have to be copied. */
  boolean preparePipe() {
    if (pipe == null) {
      pipe = PipePool.of(loop).take();
    }
    return pipe != null;
  }

  /** Splices from a socket into the pipe, as {@link Pipe#fillFrom}. */
  long spliceFrom(int socket, long most) {
    return pipe().fillFrom(socket, most);
  }

  /** Writes what is left behind. */
  int flush(int socket) {
    if (rest != null) {
      return flushRest(socket, rest);
    }
    return pipe == null ? 0 : flushPipe(socket, pipe);
  }

  private int flushRest(int socket, byte[] waiting) {
    NativeMemory buffer = loop.buffer();
    int length = waiting.length - restStart;
    buffer.put(0, waiting, restStart, length);
    long written = SocketCalls.send(socket, buffer.address(), length, false);
    if (written < 0) {
      return (int) written;
    }
    restStart += (int) written;
    if (written < length) {
      return -Errno.EAGAIN;
    }
    rest = null;
    return 0;
  }

  private static int flushPipe(int socket, Pipe waiting) {
    while (waiting.held() > 0) {
      long written = waiting.emptyInto(socket);
      if (written < 0) {
        return (int) written;
      }
    }
    return 0;
  }

  private Pipe pipe() {
    if (pipe == null) {
      throw new IllegalStateException("no pipe was prepared");
    }
    return pipe;
  }

  /** Gives the pipe back; bytes that are left behind are lost. */
  void release() {
    rest = null;
    if (pipe != null) {
      PipePool.of(loop).release(pipe);
      pipe = null;
    }
  }
}
