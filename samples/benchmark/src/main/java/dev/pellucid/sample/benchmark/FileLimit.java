package dev.pellucid.sample.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many files each process may open, so many that it is no limit to what is measured. */
final class FileLimit {
  private static final Pattern LINE = Pattern.compile("(?m)^Max open files +\\d+ +(\\d+)");

  private FileLimit() {}

  static int read() throws IOException {
    Matcher matcher = LINE.matcher(Files.readString(Path.of("/proc/self/limits")));
    if (!matcher.find()) {
      throw new IOException("no limit of open files in /proc/self/limits");
    }
    return Integer.parseInt(matcher.group(1));
  }
}
