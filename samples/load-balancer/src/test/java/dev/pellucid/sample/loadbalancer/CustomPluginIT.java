package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample plugin, built elsewhere and dropped into the plugins folder of the finished
 * distribution, beside another one that carries another version of the same library.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CustomPluginIT {
  private static final int PORT = 80;
  private static final int LISTENER = 50080;
  private static final int CLOSED = 50081;
  private static final InetSocketAddress NOBODY = new InetSocketAddress("10.9.9.9", PORT);

  @TempDir static Path elsewhere;
  private static Path built;

  @TempDir Path folder;

  @BeforeAll
  static void build() throws Exception {
    built = CustomPluginBuild.run(elsewhere);
  }

  @BeforeEach
  void install() throws IOException {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    CustomPluginBuild.copy(built, plugins.resolve("custom-plugin"));
    OlderPlugin.make(plugins.resolve("older"));
  }

  @Test
  void itsTypesAreListed() throws Exception {
    Process plugins = pellucid("plugins");
    String listed = new String(plugins.getInputStream().readAllBytes(), UTF_8);
    for (String type : List.of("rendezvous", "office-hours", "slow")) {
      // A line that begins with kind and type, then those of its keys and of its jar.
      Pattern entry =
          Pattern.compile(
              "^\\S+ +" + type + " .*\\n(?: .*\\n)*? +jar: .*/custom-plugin-1\\.0\\.0\\.jar$",
              Pattern.MULTILINE);
      assertTrue(entry.matcher(listed).find(), () -> type + " is not in " + listed);
    }
    assertEquals(0, plugins.waitFor());
  }

  @Test
  void aBadValueIsRefusedWithItsLine() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("bad.conf"),
            """
            pellucid.listeners.web {
              address = "127.0.0.1:8080", intercept.mode = none
              upstream.pool = [ { address = "127.0.0.1:8081" } ]
              filters = [ { type = office-hours, from = "08:00"
                to = "6 pm" } ]
            }
            """);
    Process check = pellucid("check", file.toString());
    String error = new String(check.getErrorStream().readAllBytes(), UTF_8);
    assertTrue(error.contains("bad.conf:5: pellucid.listeners.web.filters[0].to: "), error);
    assertEquals(2, check.waitFor());
  }

  private Process pellucid(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(System.getProperty("pellucid.home") + "/bin/pellucid");
    builder.command().addAll(List.of(arguments));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.directory(folder.toFile()).start();
  }

  @Test
  @Lab(servers = 3)
  void itWorksBesideAnotherWithAnotherVersionOfItsLibrary(LabNetwork net) throws Exception {
    LabBalancer.intercept(net, PORT, LISTENER);
    for (LabHost server : net.servers()) {
      serve(net, server);
    }
    LabBalancer.start(net, folder, configuration(net));

    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < 8; i++) {
      answers.add(ask(net, NOBODY));
    }
    assertEquals(1, answers.size(), () -> "a client went to different servers: " + answers);
    assertTrue(answers.toString().endsWith(" saw /10.1.0.2]"), answers::toString);

    assertThrows(SocketException.class, () -> ask(net, net.proxy().at(CLOSED)));

    awaitLines(folder.resolve("slow.log"), 8);
    String log = Files.readString(folder.resolve("proxy.log"));
    assertTrue(log.contains("plugins/older/hash4j-0.13.0.jar made "), log);
  }

  private String configuration(LabNetwork net) {
    LocalTime now = LocalTime.now(ZoneOffset.UTC);
    return """
        pellucid.listeners {
          open {
            address = "0.0.0.0:%d", intercept.ports = [%d]
            filters = [ { type = office-hours, from = "00:00", to = "00:00" }, { type = older } ]
            upstream { pool = %s, balancer { type = rendezvous, seed = 7 } }
            access-log { type = slow, file = "slow.log", longer-than = 1ns }
          }
          closed {
            address = "0.0.0.0:%d", intercept.mode = none
            filters = [ { type = office-hours, from = "%s", to = "%s" } ]
            upstream.pool = %3$s
          }
        }
        """
        .formatted(LISTENER, PORT, pool(net), CLOSED, now.plusHours(6), now.plusHours(7));
  }

  private static String pool(LabNetwork net) {
    return net.servers().stream()
        .map(server -> "{ address = \"" + server.address().getHostAddress() + ":" + PORT + "\" }")
        .toList()
        .toString();
  }

  /** Tells each client who answers, and whom it sees. */
  private static void serve(LabNetwork net, LabHost server) throws Exception {
    ServerSocket listener = net.closeAtEnd(server.call(() -> new ServerSocket(PORT)));
    var unused =
        server.submit(
            () -> {
              while (!listener.isClosed()) {
                try (Socket client = listener.accept()) {
                  String answer = server.name() + " saw " + client.getInetAddress();
                  client.getOutputStream().write(answer.getBytes(UTF_8));
                }
              }
              return null;
            });
  }

  private static String ask(LabNetwork net, InetSocketAddress asked) throws Exception {
    try (Socket client = net.client().call(() -> new Socket(asked.getAddress(), asked.getPort()))) {
      return new String(client.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static void awaitLines(Path file, int count) throws IOException {
    while (Files.readAllLines(file).size() < count) {
      Thread.onSpinWait();
    }
  }
}
