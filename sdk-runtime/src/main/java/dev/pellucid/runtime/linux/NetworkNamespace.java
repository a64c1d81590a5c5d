package dev.pellucid.runtime.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Moves the calling thread between network namespaces. Needs CAP_SYS_ADMIN. */
public final class NetworkNamespace {
  private static final int CLONE_NEWNET = 0x40000000;

  private NetworkNamespace() {}

  /** Moves the calling thread into a new, empty namespace, which lives as long as it is used. */
  public static void unshare() throws LinuxException {
    if (LibC.C.unshare(CLONE_NEWNET) != 0) {
      throw LinuxException.last("unshare network namespace");
    }
  }

  /**
   * Moves the calling thread into an existing namespace.
   *
   * @param file a namespace file, such as {@code /proc/1/ns/net}
   */
  public static void enter(Path file) throws LinuxException {
    int fd = LibC.C.open(file.toString(), Descriptor.O_RDONLY | Descriptor.O_CLOEXEC);
    if (fd < 0) {
      throw LinuxException.last("open " + file);
    }
    try {
      if (LibC.C.setns(fd, CLONE_NEWNET) != 0) {
        throw LinuxException.last("setns " + file);
      }
    } finally {
      Descriptor.close(fd);
    }
  }

  /** The kernel's number of the calling thread. */
  public static long threadId() throws IOException {
    Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
    return Long.parseLong(self.getFileName().toString());
  }
}
