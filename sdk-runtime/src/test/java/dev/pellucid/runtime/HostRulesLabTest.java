package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A configuration file and the rules that are made of it are all that a host needs. */
@Lab
@Timeout(30)
class HostRulesLabTest {
  private static final int PORT = 80;
  private static final int SECONDS = 60;

  @TempDir Path folder;

  private ProxyServer start(LabNetwork net, FirewallTool tool, String listener) throws Exception {
    return LabProxy.start(net, tool, LabProxy.config(folder, listener), new RecordingPlugins());
  }

  /** Connects to the server's address and returns whom the server sees. */
  private static InetAddress seen(LabNetwork net, LabHost client, InetSocketAddress asked)
      throws Exception {
    LabHost server = net.server(0);
    ServerSocket listening = net.closeAtEnd(server.call(() -> new ServerSocket(PORT)));
    CompletableFuture<Socket> accepted = server.submit(listening::accept);
    net.closeAtEnd(client.call(() -> connect(asked)));
    return net.closeAtEnd(accepted.get(SECONDS, TimeUnit.SECONDS)).getInetAddress();
  }

  private static Socket connect(InetSocketAddress asked) throws IOException {
    Socket socket = new Socket();
    socket.connect(asked, SECONDS * 1000);
    return socket;
  }

  private static long accepted(ProxyServer server) {
    return server.listeners().get(0).bindings().get(0).accepted();
  }

  @ParameterizedTest
  @EnumSource
  void aClientOnTheProxysHost(FirewallTool tool, LabNetwork net) throws Exception {
    ProxyServer server =
        start(
            net,
            tool,
            """
            address = "0.0.0.0:50080"
            intercept { ports = [80], local-output = true }
            upstream.route = original-destination
            """);
    assertEquals(InetAddress.getByName("10.2.0.1"), seen(net, net.proxy(), net.server(0).at(PORT)));
    assertEquals(1, accepted(server));
  }

  @ParameterizedTest
  @EnumSource
  void aUdpClientOnTheProxysHost(FirewallTool tool, LabNetwork net) throws Exception {
    ProxyServer proxy =
        start(
            net,
            tool,
            """
            transport = udp, address = "0.0.0.0:50080"
            intercept { ports = [80], local-output = true }
            upstream.route = original-destination
            """);
    InetSocketAddress asked = net.server(0).at(PORT);
    try (DatagramSocket server = net.server(0).call(() -> new DatagramSocket(asked));
        DatagramSocket client = net.proxy().call(() -> new DatagramSocket())) {
      server.setSoTimeout(SECONDS * 1000);
      client.setSoTimeout(SECONDS * 1000);
      DatagramPacket packet = new DatagramPacket(new byte[1], 1, asked);
      client.send(packet);
      server.receive(packet);
      assertEquals(InetAddress.getByName("10.2.0.1"), packet.getAddress());
      server.send(packet);
      client.receive(packet);
      assertEquals(asked, packet.getSocketAddress());
    }
    assertEquals(1, accepted(proxy));
  }

  @ParameterizedTest
  @EnumSource
  void aForeignListener(FirewallTool tool, LabNetwork net) throws Exception {
    ProxyServer server =
        start(
            net,
            tool,
            """
            address = "[fd00:99::9]:80", intercept.mode = foreign
            upstream { pool = [{ address = "[fd00:2::2]:80" }], balancer.type = first }
            """);
    InetSocketAddress asked = new InetSocketAddress("fd00:99::9", PORT);
    assertEquals(net.client().address6(), seen(net, net.client(), asked));
    assertEquals(1, accepted(server));
  }

  @ParameterizedTest
  @EnumSource
  void aRedirect(FirewallTool tool, LabNetwork net) throws Exception {
    ProxyServer server =
        start(
            net,
            tool,
            """
            address = "[::]:50080", intercept { mode = redirect, ports = [80] }
            upstream { route = original-destination }
            """);
    assertEquals(net.client().address6(), seen(net, net.client(), net.server(0).at6(PORT)));
    assertEquals(1, accepted(server));
  }

  @ParameterizedTest
  @EnumSource
  void aReverseProxy(FirewallTool tool, LabNetwork net) throws Exception {
    ProxyServer server =
        start(
            net,
            tool,
            """
            address = "0.0.0.0:80", intercept.mode = none
            upstream {
              pool = [{ address = "10.2.0.2:80" }], balancer.type = first, source = client-ip
            }
            """);
    assertEquals(net.client().address(), seen(net, net.client(), net.proxy().at(PORT)));
    assertEquals(1, accepted(server));
  }

  /** What only headers could ask for is neither applied nor missed where there is no IPv6. */
  @ParameterizedTest
  @EnumSource
  void aPeersHeadersNeedNoIpv6(FirewallTool tool, LabNetwork net) throws Exception {
    net.proxy().sysctl("net.ipv6.conf.all.disable_ipv6", 1);
    ProxyConfig config =
        LabProxy.config(
            folder,
            """
            address = "10.1.0.1:80", intercept.mode = none, proxy-protocol = v2
            max-connections = 1000
            upstream {
              pool = [{ address = "10.2.0.2:80" }], balancer.type = first, source = client-ip
            }
            """);
    assertFalse(net.proxy().call(() -> HostRules.of(config).apply(tool)).isEmpty());
    LabProxy.start(net, tool, config, new RecordingPlugins());
    assertEquals(
        List.of(),
        net.proxy().call(() -> Doctor.examine(HostRules.requirements(config, "apply"), Depth.TRY)));
  }
}
