package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pellucid.lab.LabNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A command that ran to its end on the lab's proxy.
 *
 * @param exitCode what it ended with
 * @param output what it wrote, errors included
 */
record LabCommand(int exitCode, String output) {

  /** Runs a command of the finished distribution, such as {@code check FILE}. */
  static LabCommand pellucid(LabNetwork net, Path folder, List<String> arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(System.getProperty("pellucid.home") + "/bin/pellucid");
    builder.command().addAll(arguments);
    return run(net, folder, builder);
  }

  /** Runs a shell script, such as the doctor prints as a cure. */
  static LabCommand shell(LabNetwork net, Path folder, String script) throws Exception {
    return run(net, folder, new ProcessBuilder("sh", "-euc", script));
  }

  private static LabCommand run(LabNetwork net, Path folder, ProcessBuilder builder)
      throws Exception {
    Map<String, String> environment = builder.redirectErrorStream(true).environment();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    // The legacy iptables locks a file in /run, which is not ours to write without root.
    if (!Files.isWritable(Path.of("/run"))) {
      environment.put("XTABLES_LOCKFILE", folder.resolve("xtables.lock").toString());
    }
    Process process = net.proxy().start(builder);
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new LabCommand(process.waitFor(), output);
  }
}
