package dev.pellucid.sample.benchmark;

import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where everything happens.
 *
 * @param net the hosts
 * @param folder for configurations and logs
 * @param distribution the load balancer's folder
 */
record Site(LabNetwork net, Path folder, Path distribution) {

  /** Writes a file, from lines in the format of {@link String#format}. */
  Path write(String name, String format, Object... values) throws IOException {
    return Files.writeString(folder.resolve(name), String.format(Locale.ROOT, format, values));
  }

  /** Starts a process that writes to a log of that name. */
  Process start(LabHost host, String log, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = HostCommand.builder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.resolve(log).toFile());
    return host.start(builder);
  }

  /** Runs a command on the client, for a bounded time. */
  String onClient(int seconds, String... command) throws IOException, InterruptedException {
    List<String> bounded = new ArrayList<>(List.of("timeout", "-k", "1", seconds + "s"));
    bounded.addAll(List.of(command));
    return net.client().exec(bounded.toArray(String[]::new));
  }

  static Path java(String tool) {
    return Path.of(System.getProperty("java.home"), "bin", tool);
  }

  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
