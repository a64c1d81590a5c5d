package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Lab
@Timeout(120)
class ManyConnectionsTest {
  private static final int CONNECTIONS = 9_000;

  @Test
  void nineThousandAtATimeThroughOneLoop(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
    TestProxy proxy =
        TestProxy.start(
            net, 1, Stages.toOriginalDestination(), "0.0.0.0", TestProxy.relaySettings());
    peer(net.server(0), "server", PORT + "");
    net.server(0).awaitListening(PORT);
    long before = descriptors();

    String server = net.server(0).address().getHostAddress();
    Process client = peer(net.client(), "client", server, PORT + "", CONNECTIONS + "");
    BufferedReader progress = client.inputReader(UTF_8);
    assertEquals("open", progress.readLine());
    assertEquals(CONNECTIONS, proxy.binding().openConnections());
    assertEquals(CONNECTIONS * 3, proxy.held(), "two descriptors and a timer for each");
    client.outputWriter(UTF_8).append('\n').flush();
    assertEquals("closed", progress.readLine());

    Await.until("connections stay", () -> proxy.binding().openConnections() == 0);
    assertEquals(0, proxy.held());
    Await.until("descriptors stay", () -> descriptors() <= before);
  }

  private static Process peer(LabHost host, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ManyEchoes.class.getName());
    command.addAll(List.of(arguments));
    return host.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  private static long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
