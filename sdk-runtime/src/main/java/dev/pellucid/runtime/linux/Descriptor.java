package dev.pellucid.runtime.linux;

/** Calls on any open file descriptor. */
public final class Descriptor {
  static final int O_RDONLY = 0;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  private Descriptor() {}

  /** close(2). A descriptor is gone after this call whatever it reports, so nothing is reported. */
  public static void close(int fd) {
    LibC.C.close(fd);
  }

  /** write(2): the number of bytes, or the negative errno. */
  static long write(int fd, long address, long length) {
    while (true) {
      long n = LibC.C.write(fd, address, length);
      if (n >= 0) {
        return n;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }
}
