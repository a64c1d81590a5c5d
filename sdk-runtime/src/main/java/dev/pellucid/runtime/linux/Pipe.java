package dev.pellucid.runtime.linux;

/**
 * A pipe through which bytes move between sockets without leaving the kernel. It counts what it
 * holds, because {@code EAGAIN} from splice does not say which end was not ready.
 */
public final class Pipe implements AutoCloseable {
  private static final int F_SETPIPE_SZ = 1031;
  private static final int SPLICE_F_MOVE = 1;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final int FLAGS = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
  private static final int DEFAULT_CAPACITY = 65536;

  private final int readEnd;
  private final int writeEnd;
  private final int capacity;
  private long held;

  private Pipe(int readEnd, int writeEnd, int capacity) {
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    this.capacity = capacity;
  }

  /**
   * Opens a pipe.
   *
   * @param wanted the wished-for capacity in bytes; the kernel may refuse it, and its default is
   *     used then
   * @param scratch at least 8 bytes
   * @throws LinuxException if no descriptor is left
   */
  public static Pipe open(int wanted, NativeMemory scratch) throws LinuxException {
    if (LibC.C.pipe2(scratch.address(), Descriptor.O_NONBLOCK | Descriptor.O_CLOEXEC) != 0) {
      throw LinuxException.last("pipe2");
    }
    int readEnd = scratch.getInt(0);
    int writeEnd = scratch.getInt(4);
    int granted = LibC.C.fcntl(writeEnd, F_SETPIPE_SZ, wanted);
    return new Pipe(readEnd, writeEnd, granted > 0 ? granted : DEFAULT_CAPACITY);
  }

  /** How many bytes are in the pipe. */
  public long held() {
    return held;
  }

  /**
   * Moves bytes from a socket into this pipe, which must be empty.
   *
   * @param most how many at most
   * @return how many, 0 at the end of the stream, or the negative errno; EAGAIN: the socket has
   *     none
   */
  public long fillFrom(int socket, long most) {
    long n = splice(socket, writeEnd, Math.min(most, capacity));
    if (n > 0) {
      held += n;
    }
    return n;
  }

  /**
   * Moves bytes from this pipe into a socket.
   *
   * @return how many, or the negative errno; EAGAIN: the socket has no room
   */
  public long emptyInto(int socket) {
    long n = splice(readEnd, socket, held);
    if (n > 0) {
      held -= n;
    }
    return n;
  }

  private static long splice(int in, int out, long length) {
    while (true) {
      long n = LibC.C.splice(in, null, out, null, length, FLAGS);
      if (n >= 0) {
        return n;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  @Override
  public void close() {
    Descriptor.close(readEnd);
    Descriptor.close(writeEnd);
  }
}
