package dev.pellucid.runtime.linux;

import java.io.IOException;

/** A failed system call. */
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /**
   * Describes a failed call.
   *
   * @param call the function and what it was about, for example {@code bind 10.0.0.1:80}
   * @param errno the error number, positive
   */
  public LinuxException(String call, int errno) {
    super(call + ": " + Errno.describe(errno));
    this.errno = errno;
  }

  /** The error number, positive; see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The exception for the thread's last failed call. */
  static LinuxException last(String call) {
    return new LinuxException(call, LibC.errno());
  }

  /**
   * The result of a call that reports failure as a negative errno.
   *
   * @throws LinuxException if it is negative
   */
  public static int check(String call, int result) throws LinuxException {
    if (result < 0) {
      throw new LinuxException(call, -result);
    }
    return result;
  }
}
