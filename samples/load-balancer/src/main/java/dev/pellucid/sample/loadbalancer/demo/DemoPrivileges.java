package dev.pellucid.sample.loadbalancer.demo;

import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.HostCommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The right to make networks. An ordinary user gets it in a user namespace, where they are root
 * over what they make there, and over nothing else.
 */
final class DemoPrivileges {
  private static final long CAP_NET_ADMIN = 1L << 12;
  private static final long CAP_SYS_ADMIN = 1L << 21;
  private static final List<String> UNSHARE =
      List.of("unshare", "--user", "--map-root-user", "--net", "--mount");

  // Loopback first: a JVM that starts without it believes that there is no IPv6.
  private static final List<String> WITH_LOOPBACK =
      List.of("sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"");

  private DemoPrivileges() {}

  /** Whether this process has the right already: as root, or inside such a user namespace. */
  static boolean sufficient() throws IOException {
    long needed = CAP_NET_ADMIN | CAP_SYS_ADMIN;
    return (effectiveCapabilities() & needed) == needed;
  }

  private static long effectiveCapabilities() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("CapEff:"))
        .map(line -> line.substring("CapEff:".length()).strip())
        .mapToLong(hex -> Long.parseUnsignedLong(hex, 16))
        .findFirst()
        .orElse(0);
  }

  /**
   * Runs this very command line again inside a user namespace; a JVM cannot enter one by itself.
   *
   * @return its exit code
   * @throws DemoException if this system does not let the user have one
   */
  static int acquire() throws IOException, InterruptedException, DemoException {
    requirePermission();
    Process inside = HostCommand.builder(command(ownCommandLine())).inheritIO().start();
    // Ctrl-C reaches both processes; this one waits until the other has cleaned up.
    Thread end = new Thread(() -> end(inside), "demo-end");
    Runtime.getRuntime().addShutdownHook(end);
    return inside.waitFor();
  }

  private static void end(Process inside) {
    inside.destroy();
    try {
      inside.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void requirePermission() throws IOException, InterruptedException, DemoException {
    try {
      HostCommand.run(command(List.of("true")));
    } catch (HostCommandException e) {
      throw new DemoException(DemoRemedy.forRefusedNamespaces(e.stderr().strip()));
    }
  }

  private static String[] command(List<String> inside) {
    List<String> command = new ArrayList<>(UNSHARE);
    command.addAll(WITH_LOOPBACK);
    command.addAll(inside);
    return command.toArray(String[]::new);
  }

  // The JVM, its options, the jar and the arguments, exactly as the kernel started them.
  private static List<String> ownCommandLine() throws IOException {
    String line = Files.readString(Path.of("/proc/self/cmdline"));
    List<String> arguments = new ArrayList<>(List.of(line.split("\0")));
    arguments.set(0, Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
    return arguments;
  }
}
