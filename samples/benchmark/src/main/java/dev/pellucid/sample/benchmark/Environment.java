package dev.pellucid.sample.benchmark;

import dev.pellucid.runtime.host.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.pekko.Version;

/**
 * What it was measured on.
 *
 * @param facts what it is, by name
 */
record Environment(Map<String, String> facts) {

  static Environment read() throws IOException, InterruptedException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("CPU", cpu());
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("kernel", System.getProperty("os.version").replaceFirst("-.*", ""));
    facts.put("JDK", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("Pekko", Version.current());
    facts.put("HAProxy", shell("haproxy -v").replaceFirst("HAProxy version (\\S+).*", "$1"));
    facts.put("nginx", shell("nginx -v 2>&1").replaceFirst("nginx version: nginx/", ""));
    facts.put("wrk", shell("wrk -v || true").replaceFirst("wrk (.*?) \\[.*", "$1"));
    return new Environment(facts);
  }

  private static String cpu() throws IOException {
    return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("?");
  }

  private static String shell(String command) throws IOException, InterruptedException {
    String script = "PATH=$PATH:/usr/sbin:/sbin; " + command;
    return HostCommand.run("sh", "-c", script).lines().findFirst().orElse("?");
  }
}
