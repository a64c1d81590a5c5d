package dev.pellucid.sample.benchmark;

import dev.pellucid.runtime.host.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process has in memory, in KiB. What the kernel keeps for its sockets is not part of it.
 */
final class Memory {
  private static final Pattern PSS = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB");
  // One line for each generation; the metaspace has no total.
  private static final Pattern HEAP = Pattern.compile("total .*?used (\\d+)K");

  private Memory() {}

  static double resident(ProcessHandle process) throws IOException {
    Path file = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
    Matcher matcher = PSS.matcher(Files.readString(file));
    if (!matcher.find()) {
      throw new IOException("no Pss in " + file);
    }
    return Double.parseDouble(matcher.group(1));
  }

  /** Collects a JVM's garbage. */
  static void collect(ProcessHandle jvm) throws IOException, InterruptedException {
    ask(jvm, "GC.run");
  }

  /** What a JVM's heap holds. */
  static double heap(ProcessHandle jvm) throws IOException, InterruptedException {
    return heap(ask(jvm, "GC.heap_info"));
  }

  static double heap(String heapInfo) {
    return HEAP.matcher(heapInfo)
        .results()
        .mapToDouble(generation -> Double.parseDouble(generation.group(1)))
        .sum();
  }

  private static String ask(ProcessHandle jvm, String command)
      throws IOException, InterruptedException {
    return HostCommand.run(Site.java("jcmd").toString(), Long.toString(jvm.pid()), command);
  }
}
