package dev.pellucid.javadsl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The pipes through which this process splices. A loop keeps some for later use. */
final class SplicePipes {
  private SplicePipes() {}

  /** How many of their ends are open. */
  static long open() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(SplicePipes::isSplicePipe).count();
    }
  }

  /** Surefire's own pipes are there before; the relay's are non-blocking and many. */
  private static boolean isSplicePipe(Path descriptor) {
    try {
      String flags =
          Files.readString(Path.of("/proc/self/fdinfo", descriptor.getFileName().toString()));
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:")
          && flags.contains("flags:\t02004");
    } catch (IOException e) {
      return false;
    }
  }
}
