package dev.pellucid.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;

/** The TCP ports on which somebody listens in the calling thread's namespace. */
final class ListeningPorts {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String LISTEN = "0A";

  private ListeningPorts() {}

  static void await(String host, int port)
      throws IOException, InterruptedException, TimeoutException {
    if (!Poll.until(PATIENCE, () -> read().contains(port))) {
      throw new TimeoutException(
          "nothing listens on TCP port %d of %s; ports with a listener: %s"
              .formatted(port, host, read()));
    }
  }

  // /proc/net would be that of the process's first thread.
  private static Set<Integer> read() throws IOException {
    Set<Integer> ports = new TreeSet<>();
    read(Path.of("/proc/thread-self/net/tcp"), ports);
    read(Path.of("/proc/thread-self/net/tcp6"), ports);
    return ports;
  }

  // Columns: number, local address:port in hexadecimal, remote address:port, state.
  private static void read(Path table, Set<Integer> ports) throws IOException {
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns[3].equals(LISTEN)) {
        String local = columns[1];
        ports.add(Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16));
      }
    }
  }
}
