package dev.pellucid.sample.benchmark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How long each of a process' threads has run, by the scheduler's own clock.
 *
 * @param nanos by thread
 */
record CpuTime(Map<String, Long> nanos) {

  static CpuTime of(ProcessHandle process) throws IOException {
    Map<String, Long> nanos = new HashMap<>();
    Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        add(thread, nanos);
      }
    }
    return new CpuTime(nanos);
  }

  private static void add(Path thread, Map<String, Long> nanos) throws IOException {
    try {
      String[] fields = Files.readString(thread.resolve("schedstat")).split(" ", -1);
      nanos.put(thread.getFileName().toString(), Long.parseLong(fields[0]));
    } catch (NoSuchFileException e) {
      // It has just ended.
    }
  }

  /** What the threads that there are now have run since then. */
  double nanosSince(CpuTime before) {
    return nanos.entrySet().stream()
        .mapToLong(now -> now.getValue() - before.nanos.getOrDefault(now.getKey(), 0L))
        .sum();
  }
}
