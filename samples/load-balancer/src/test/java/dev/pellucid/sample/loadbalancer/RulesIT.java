package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommand;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the finished distribution, which hand traffic to it. */
@Lab
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RulesIT {
  private static final String NOBODY = "10.9.9.9";
  private static final int PORT = 80;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"nft", "iptables"})
  void areAppliedOnceCarryTrafficAndGo(String tool, LabNetwork net) throws Exception {
    String configuration =
        """
        pellucid.listeners.web {
          address = "0.0.0.0:50080", intercept.ports = [80]
          upstream.pool = [{ address = "%s:80" }]
        }
        """
            .formatted(net.server(0).address().getHostAddress());
    Path file = Files.writeString(folder.resolve("proxy.conf"), configuration);
    // What is printed is what apply runs: afterwards there is nothing to do.
    String script = rules(net, "print", file, "--tool", tool);
    pipeIntoShell(net, script);
    assertEquals("nothing to do", rules(net, "apply", file, "--tool", tool).strip());
    Path broken = Files.writeString(folder.resolve("broken.conf"), "pellucid.listeners.web = {}");
    String removed = rules(net, "remove", broken);
    assertTrue(removed.endsWith("\nremoved\n"), removed);
    assertEquals("nothing to do", rules(net, "remove", file).strip());

    String applied = rules(net, "apply", file, "--tool", tool);
    assertTrue(applied.endsWith("\napplied with " + tool + "\n"), applied);
    LabBalancer.start(net, folder, configuration);
    assertServerSeesClient(net);
  }

  /** Names that the host has for numbers are no hindrance. */
  @Test
  void aRouteTableThatHasANameIsRecognized(LabNetwork net) throws Exception {
    Files.writeString(
        folder.resolve("proxy.conf"),
        """
        pellucid.listeners.web {
          address = "0.0.0.0:50080", intercept.ports = [80], upstream.route = original-destination
        }
        """);
    Files.writeString(
        Files.createDirectory(folder.resolve("iproute2")).resolve("rt_tables"), "71 pellucid\n");
    String applied =
        LabCommand.shell(
                net,
                folder,
                """
                cd %1$s
                unshare --mount sh -euc '
                  mount --bind iproute2 /etc/iproute2
                  %2$s rules apply proxy.conf
                  ip rule show | grep -q "lookup pellucid"
                  %2$s rules apply proxy.conf'
                """
                    .formatted(folder, System.getProperty("pellucid.home") + "/bin/pellucid"))
            .output();
    assertTrue(applied.endsWith("\nnothing to do\n"), applied);
  }

  private static void pipeIntoShell(LabNetwork net, String script) throws Exception {
    Process shell = net.proxy().start("sh");
    try (OutputStream input = shell.getOutputStream()) {
      input.write(script.getBytes(UTF_8));
    }
    HostCommand.finish(shell, List.of("sh"));
  }

  private static void assertServerSeesClient(LabNetwork net) throws Exception {
    LabHost server = net.server(0);
    try (ServerSocket listening = server.call(() -> new ServerSocket(PORT))) {
      Future<Socket> accepted = server.submit(listening::accept);
      try (Socket client = net.client().call(() -> new Socket(NOBODY, PORT));
          Socket seen = accepted.get()) {
        assertEquals(client.getLocalAddress(), seen.getInetAddress());
      }
    }
  }

  private String rules(LabNetwork net, String verb, Path file, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("rules", verb, file.toString()));
    arguments.addAll(List.of(options));
    LabCommand rules = LabCommand.pellucid(net, folder, arguments);
    assertEquals(0, rules.exitCode(), rules::output);
    return rules.output();
  }
}
