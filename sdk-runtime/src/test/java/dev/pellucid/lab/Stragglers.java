package dev.pellucid.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Threads of this JVM that still live in a lab's namespaces. */
final class Stragglers {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  // The JDK's own, which happened to be first needed on a host; it ends them some time after their
  // last use. ForkJoinPool is its common pool: those of Pekko have names of their own. The kernel
  // cuts names short.
  private static final Set<String> ENDED_BY_THE_JDK =
      Set.of("process reaper", "Keep-Alive-Time", "Keep-Alive-Sock", "ForkJoinPool.co");

  private Stragglers() {}

  /** Lists those that do not end within ten seconds. */
  static List<String> await(Collection<LabHost> hosts) throws IOException, InterruptedException {
    if (Poll.until(PATIENCE, () -> find(hosts).isEmpty())) {
      return List.of();
    }
    return find(hosts);
  }

  private static List<String> find(Collection<LabHost> hosts) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        find(task, hosts, found);
      }
    }
    return found;
  }

  private static void find(Path task, Collection<LabHost> hosts, List<String> found) {
    try {
      long thread = Long.parseLong(task.getFileName().toString());
      String namespace = Namespace.idOf(thread);
      String name = Files.readString(task.resolve("comm")).strip();
      for (LabHost host : hosts) {
        if (host.namespace().id().equals(namespace)
            && host.namespace().keeperId() != thread
            && !ENDED_BY_THE_JDK.contains(name)) {
          found.add("thread \"" + name + "\" on " + host.name());
        }
      }
    } catch (IOException e) {
      // The thread has ended while we looked, which is what we hope for.
    }
  }
}
