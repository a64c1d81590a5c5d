package dev.pellucid.sample.customproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy as a process of its own, between a client and two servers. */
@Lab(servers = 2)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CustomProxyTest {
  private static final int PORT = 80;
  private static final int LISTENER_PORT = 50080;
  private static final int SIGTERM = 128 + 15;
  private static final InetSocketAddress ASKED = new InetSocketAddress("10.9.9.9", PORT);

  private Process proxy;
  private BufferedReader out;

  @BeforeEach
  void start(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(System.getProperty("java.home") + "/bin/java", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), CustomProxy.class.getName()));
    net.servers().forEach(server -> command.add(server.address().getHostAddress() + ":" + PORT));
    proxy =
        net.proxy()
            .start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    out = proxy.inputReader(UTF_8);
    assertEquals("ready", out.readLine());
  }

  @Test
  void serversTakeTurnsAndSeeTheClient(LabNetwork net) throws Exception {
    List<ServerSocket> listeners = listen(net);
    for (int i = 0; i < 4; i++) {
      try (Socket client = connect(net, ASKED);
          Socket server = listeners.get(i % 2).accept()) {
        assertEquals(ASKED, client.getRemoteSocketAddress());
        assertEquals(net.client().address(), server.getInetAddress());
        exchange(client, server);
      }
      String line = out.readLine();
      String upstream = net.server(i % 2).address().getHostAddress() + ":" + PORT;
      assertTrue(line.contains(" destination=10.9.9.9:80 upstream=" + upstream + " "), line);
      assertTrue(line.contains(" from-client=5 from-upstream=5 "), line);
    }
  }

  @Test
  void whoAddressesTheListenerIsReset(LabNetwork net) throws Exception {
    // The reset may come before the client has noticed that it is connected.
    assertThrows(
        SocketException.class,
        () -> {
          try (Socket client = connect(net, net.proxy().at(LISTENER_PORT))) {
            client.getInputStream().read();
          }
        });
    String line = out.readLine();
    assertTrue(line.endsWith(" end=PR cause=rejected"), line);
  }

  @Test
  void onSigtermConnectionsEndInPeace(LabNetwork net) throws Exception {
    List<ServerSocket> listeners = listen(net);
    try (Socket client = connect(net, ASKED);
        Socket server = listeners.get(0).accept()) {
      proxy.toHandle().destroy(); // Process.destroy would close the streams too
      awaitClosed(net);
      exchange(client, server);
    }
    String line = out.readLine();
    assertTrue(line.endsWith(" end=-- cause=finished"), line);
    assertNull(out.readLine());
    assertEquals(SIGTERM, proxy.waitFor());
  }

  private static List<ServerSocket> listen(LabNetwork net) throws Exception {
    List<ServerSocket> listeners = new ArrayList<>();
    for (LabHost server : net.servers()) {
      listeners.add(net.closeAtEnd(server.call(() -> new ServerSocket(PORT))));
    }
    return listeners;
  }

  private static Socket connect(LabNetwork net, InetSocketAddress asked) throws Exception {
    return net.client().call(() -> new Socket(asked.getAddress(), asked.getPort()));
  }

  private static void exchange(Socket client, Socket server) throws IOException {
    client.getOutputStream().write("hello".getBytes(UTF_8));
    assertEquals("hello", new String(server.getInputStream().readNBytes(5), UTF_8));
    server.getOutputStream().write("world".getBytes(UTF_8));
    assertEquals("world", new String(client.getInputStream().readNBytes(5), UTF_8));
  }

  /** Waits until the proxy does not listen any more. */
  private static void awaitClosed(LabNetwork net) throws Exception {
    while (!net.proxy().exec("ss", "-Hltn", "sport", "=", ":" + LISTENER_PORT).isBlank()) {
      Thread.onSpinWait();
    }
  }
}
