package dev.pellucid.sample.loadbalancer.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.Lab;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code pellucid demo}, run as its users run it. The annotation only skips it where the lab is
 * off.
 */
@Lab
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoIT {
  private static final Path HOME = Path.of(System.getProperty("pellucid.home"));

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process demo(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(HOME.resolve("bin/pellucid").toString(), "demo"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PELLUCID_JAVA_OPTS", "-Djava.io.tmpdir=" + folder);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  @ParameterizedTest
  @EnumSource
  void showsTransparency(FirewallTool tool) throws Exception {
    Process demo = demo("--tool", tool.command(), "--requests", "7");
    String output = new String(demo.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, demo.waitFor(), output);
    assertTrue(output.contains("spread evenly over the servers: 3, 2, 2"), output);
    assertTrue(output.contains("\n  Transparent.\n"), output);
  }

  @ParameterizedTest
  @EnumSource
  void showsTheTransparencyOfAReverseProxy(FirewallTool tool) throws Exception {
    Process demo = demo("--mode", "reverse", "--tool", tool.command(), "--requests", "3");
    String output = new String(demo.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, demo.waitFor(), output);
    assertTrue(output.contains("10.1.0.1:80    10.1.0.1:80 "), output);
    assertTrue(output.contains("every server saw the client's own address, 10.1.0.2"), output);
    assertTrue(output.contains("\n  Transparent.\n"), output);
  }

  @Test
  void aSignalEndsItWithoutATrace() throws Exception {
    Process demo = demo("--keep", "--requests", "3");
    BufferedReader output = demo.inputReader(UTF_8);
    String line = output.readLine();
    while (line != null && !line.contains("the load balancer's access log")) {
      line = output.readLine();
    }
    List<ProcessHandle> started = demo.descendants().toList();
    assertTrue(!started.isEmpty() && line != null, line);
    demo.toHandle().destroy();
    assertEquals("", output.lines().filter(rest -> !isAccessLog(rest)).collect(joining("\n")));
    demo.waitFor();
    assertEquals(List.of(), started.stream().filter(ProcessHandle::isAlive).toList());
    try (var left = Files.list(folder)) {
      assertEquals(List.of(), left.filter(file -> file.toString().contains("demo")).toList());
    }
  }

  private static boolean isAccessLog(String line) {
    return line.contains("cause=");
  }

  @Test
  void anUnknownModeIsCode2() throws Exception {
    Process demo = demo("--mode", "forward");
    String output = new String(demo.getInputStream().readAllBytes(), UTF_8);
    assertEquals(2, demo.waitFor(), output);
    assertTrue(output.contains("\"forward\" is neither tproxy nor reverse"), output);
  }

  @Test
  void anUnknownToolIsCode2() throws Exception {
    Process demo = demo("--tool", "pf");
    String output = new String(demo.getInputStream().readAllBytes(), UTF_8);
    assertEquals(2, demo.waitFor(), output);
    assertTrue(output.contains("\"pf\" is neither nft nor iptables"), output);
  }
}
