package dev.pellucid.runtime.linux;

import java.nio.file.Path;

/** What setcap(8) gives to programs. */
public final class FileCapabilities {
  private static final String ATTRIBUTE = "security.capability";

  private FileCapabilities() {}

  /**
   * Whether a program has any.
   *
   * @param program its file; links are followed
   * @throws LinuxException if the file cannot be asked
   */
  public static boolean present(Path program) throws LinuxException {
    if (LibC.C.getxattr(program.toString(), ATTRIBUTE, 0, 0) >= 0) {
      return true;
    }
    int errno = LibC.errno();
    // The second: this file system has no attributes.
    if (errno == Errno.ENODATA || errno == Errno.EOPNOTSUPP) {
      return false;
    }
    throw new LinuxException("getxattr " + program, errno);
  }
}
