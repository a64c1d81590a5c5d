package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds where the host is not what the configuration takes it for. */
@Lab
@Timeout(60)
class ConfigurationDoctorTest {
  private static final int MILLIS = 10_000;
  private static final int IMPATIENCE_MILLIS = 700;

  @TempDir Path folder;

  @Test
  void nothingListens(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, DoctorLab.ALL);
    lab.stopProxy();
    lab.assertDoesNotFlow(Transport.TCP, false);
    Finding finding = lab.assertOnly(FindingType.NO_LISTENER, Depth.LOOK);
    assertEquals("proxy", finding.subject());

    lab = lab.reconfigured(DoctorLab.ALL);
    lab.assertAllFlows();
    lab.cure(finding, Depth.LOOK);
  }

  @Test
  void oneListenerDoesNotListen(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, DoctorLab.ALL);
    RunningListener udp6 = lab.server().listeners().get(3);
    udp6.bindings().get(0).unbind().toCompletableFuture().join();
    lab.assertDoesNotFlow(
        udp6.name().startsWith("udp") ? Transport.UDP : Transport.TCP, udp6.name().endsWith("6"));
    Finding finding = lab.assertOnly(FindingType.NO_LISTENER, Depth.LOOK);
    assertEquals("listener " + udp6.name(), finding.subject());

    lab = lab.reconfigured(DoctorLab.ALL);
    lab.assertAllFlows();
    lab.cure(finding, Depth.LOOK);
  }

  @Test
  void anInterfaceIsMissing(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, intercepting("client0"));
    lab.assertFlows(Transport.TCP, false);
    rename(lab, "client0", "lan0");
    try {
      lab.assertDoesNotFlow(Transport.TCP, false);
      Finding finding = lab.assertOnly(FindingType.INTERFACE_MISSING, Depth.LOOK);
      assertTrue(finding.what().contains("lan0"), finding.what());

      DoctorLab cured = lab.reconfigured(intercepting("lan0"));
      cured.assertFlows(Transport.TCP, false);
      cured.cure(finding, Depth.LOOK);
    } finally {
      rename(lab, "lan0", "client0");
    }
  }

  @Test
  void anInterfaceIsAPort(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, intercepting("client0"));
    lab.onProxy(
        """
        sysctl -w net.bridge.bridge-nf-call-iptables=0
        ip link add lan0 type bridge
        ip link set client0 master lan0
        ip address del 10.1.0.1/24 dev client0
        ip address add 10.1.0.1/24 dev lan0
        ip link set lan0 up
        """);
    lab.assertDoesNotFlow(Transport.TCP, false);
    Finding finding = lab.assertOnly(FindingType.INTERFACE_IS_PORT, Depth.LOOK);
    assertTrue(finding.cure().contains("name lan0"), finding.cure());

    DoctorLab cured = lab.reconfigured(intercepting("lan0"));
    cured.assertFlows(Transport.TCP, false);
    cured.cure(finding, Depth.LOOK);
  }

  private static String intercepting(String link) {
    return "web { address = \"0.0.0.0:50080\", intercept { ports = [80], interfaces = [%s] } }"
        .formatted(link);
  }

  private static void rename(DoctorLab lab, String from, String to) throws Exception {
    lab.onProxy(
        "ip link set %1$s down; ip link set %1$s name %2$s; ip link set %2$s up"
            .formatted(from, to));
  }

  @Test
  void anAddressIsNotLocal(LabNetwork net) throws Exception {
    InetSocketAddress asked = new InetSocketAddress("10.9.9.9", 8080);
    net.proxy().exec("ip", "address", "add", "10.9.9.9/32", "dev", "lo");
    DoctorLab lab = start(net, reverse("10.9.9.9:8080", "none", "10.2.0.2:80"));
    lab.assertClean(Depth.LOOK);
    assertEquals(Optional.of("10.2.0.1"), lab.ask(Transport.TCP, asked, MILLIS));

    lab.onProxy("ip address del 10.9.9.9/32 dev lo");
    assertEquals(Optional.empty(), lab.ask(Transport.TCP, asked, IMPATIENCE_MILLIS));
    Finding finding = lab.assertOnly(FindingType.ADDRESS_NOT_LOCAL, Depth.LOOK);

    lab = lab.reconfigured(reverse("0.0.0.0:8080", "none", "10.2.0.2:80"));
    assertEquals(Optional.of("10.2.0.1"), lab.ask(Transport.TCP, net.proxy().at(8080), MILLIS));
    lab.cure(finding, Depth.LOOK);
  }

  @Test
  void anAddressIsNotForeign(LabNetwork net) throws Exception {
    InetSocketAddress asked = new InetSocketAddress("10.9.9.9", 8080);
    DoctorLab lab = start(net, reverse("10.9.9.9:8080", "foreign", "10.2.0.2:80"));
    lab.assertClean(Depth.LOOK);
    assertEquals(Optional.of("10.2.0.1"), lab.ask(Transport.TCP, asked, MILLIS));

    lab.onProxy("ip address add 10.9.9.9/32 dev lo");
    Finding finding = lab.assertOnly(FindingType.ADDRESS_NOT_FOREIGN, Depth.LOOK);

    lab = lab.reconfigured(reverse("10.9.9.9:8080", "none", "10.2.0.2:80"));
    assertEquals(Optional.of("10.2.0.1"), lab.ask(Transport.TCP, asked, MILLIS));
    lab.cure(finding, Depth.LOOK);
  }

  @Test
  void anUpstreamIsTheProxy(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, reverse("0.0.0.0:8080", "none", "10.1.0.1:8080"));
    assertEquals(Optional.empty(), lab.ask(Transport.TCP, net.proxy().at(8080), IMPATIENCE_MILLIS));
    Finding finding = lab.assertOnly(FindingType.UPSTREAM_IS_PROXY, Depth.LOOK);

    lab = lab.reconfigured(reverse("0.0.0.0:8080", "none", "10.2.0.2:80"));
    assertEquals(Optional.of("10.2.0.1"), lab.ask(Transport.TCP, net.proxy().at(8080), MILLIS));
    lab.cure(finding, Depth.LOOK);
  }

  @Test
  void anUpstreamOnThisHost(LabNetwork net) throws Exception {
    DoctorLab lab =
        start(
            net,
            """
            web { address = "0.0.0.0:50080", max-connections = 20
                  intercept { ports = [80], destinations = ["10.2.0.1"] }
                  upstream { route = pool, pool = [ { address = "10.2.0.1:8080" } ], balancer { type = first } } }
            """);
    DoctorLab.answer(net.proxy(), net.closeAtEnd(net.proxy().call(() -> new ServerSocket(8080))));
    InetSocketAddress asked = new InetSocketAddress("10.2.0.1", 80);
    assertEquals(Optional.empty(), lab.ask(Transport.TCP, asked, IMPATIENCE_MILLIS));

    lab.cure(lab.assertOnly(FindingType.RETURN_PATH, Depth.LOOK), Depth.LOOK);
    assertEquals(
        Optional.of(net.client().address().getHostAddress()),
        lab.ask(Transport.TCP, asked, MILLIS));

    lab.onProxy(
        """
        ip rule del from 10.2.0.1 iif lo ipproto tcp sport 8080 lookup 72
        iptables -t mangle -A OUTPUT -p tcp --sport 8080 -j MARK --set-mark 0x71
        """);
    lab.assertClean(Depth.LOOK);
  }

  private static String reverse(String address, String mode, String upstream) {
    return """
        web { address = "%s", max-connections = 20, intercept.mode = %s
              upstream { route = pool, pool = [ { address = "%s" } ], balancer { type = first }, source = proxy } }
        """
        .formatted(address, mode, upstream);
  }

  @Test
  void theClientIsTheProxy(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, ownTraffic("client-ip-port"));
    assertEquals(
        Optional.empty(),
        DoctorLab.ask(net.proxy(), Transport.TCP, net.server(0).at(80), IMPATIENCE_MILLIS));
    Finding finding = lab.assertOnly(FindingType.CLIENT_IS_PROXY, Depth.LOOK);

    lab = lab.reconfigured(ownTraffic("client-ip"));
    assertEquals(
        Optional.of("10.2.0.1"),
        DoctorLab.ask(net.proxy(), Transport.TCP, net.server(0).at(80), MILLIS));
    lab.cure(finding, Depth.LOOK);
  }

  private static String ownTraffic(String source) {
    return """
        web { address = "0.0.0.0:50080", upstream.source = %s
              intercept { ports = [80], local-output = true } }
        """
        .formatted(source);
  }

  @Test
  void theOtherFamilyPassesTheProxyBy(LabNetwork net) throws Exception {
    String tcp4 =
        "tcp4 { address = \"0.0.0.0:50080\", intercept { ports = [80], sources = [] } }\n";
    DoctorLab lab = start(net, tcp4);
    assertEquals(
        Optional.of(net.client().address6().getHostAddress()),
        lab.ask(Transport.TCP, net.server(0).at6(80), MILLIS),
        "the server is reached");
    lab.assertDoesNotFlow(Transport.TCP, true);
    Finding finding = lab.assertOnly(FindingType.MIXED_FAMILIES, Depth.LOOK);

    lab = lab.reconfigured(tcp4 + "tcp6 { address = \"[::]:50080\", intercept { ports = [80] } }");
    lab.assertFlows(Transport.TCP, true);
    lab.cure(finding, Depth.LOOK);
    lab = lab.reconfigured("tcp4 { address = \"0.0.0.0:50080\", intercept { ports = [80] } }");
    lab.assertClean(Depth.LOOK);
  }

  @Test
  void sourcePortsRunOut(LabNetwork net) throws Exception {
    DoctorLab lab =
        start(
            net,
            "web { address = \"0.0.0.0:50080\", max-connections = 100, intercept { ports = [80, 81] } }");
    ServerSocket silent = net.closeAtEnd(net.server(0).call(() -> new ServerSocket(81)));
    lab.assertClean(Depth.LOOK);
    lab.onProxy("sysctl -w net.ipv4.ip_local_port_range='40000 40009'");
    assertTrue(staysOpen(net, silent.getLocalPort(), 10));
    assertFalse(net.client().call(() -> lasts(net, silent.getLocalPort(), MILLIS)));
    Finding finding = lab.assertOnly(FindingType.SOURCE_PORTS, Depth.LOOK);

    lab.cure(finding, Depth.LOOK);
    assertTrue(staysOpen(net, silent.getLocalPort(), 1));
  }

  /** Opens connections, and tells whether the last one lasts. */
  private static boolean staysOpen(LabNetwork net, int port, int count) throws Exception {
    return net.client()
        .call(
            () -> {
              for (int i = 1; i < count; i++) {
                net.closeAtEnd(new Socket(net.server(0).address(), port));
              }
              return lasts(net, port, IMPATIENCE_MILLIS);
            });
  }

  /** A reset may come before the client has noticed that it is connected. */
  private static boolean lasts(LabNetwork net, int port, int millis) throws IOException {
    try {
      Socket socket = net.closeAtEnd(new Socket(net.server(0).address(), port));
      socket.setSoTimeout(millis);
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  @Test
  void theBacklogIsCut(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, DoctorLab.ALL);
    lab.onProxy("sysctl -w net.core.somaxconn=128");
    lab = lab.reconfigured(DoctorLab.ALL);
    assertEquals(128, room(lab));
    Finding finding = lab.assertOnly(FindingType.BACKLOG, Depth.LOOK);

    lab.cure(finding, Depth.LOOK);
    lab = lab.reconfigured(DoctorLab.ALL);
    assertNotEquals(128, room(lab));
    lab.assertClean(Depth.LOOK);
  }

  /** How many connections may wait at the listener, as the kernel tells. */
  private static int room(DoctorLab lab) throws Exception {
    String listening = lab.execute(List.of("ss", "-Hltn", "sport", "=", ":50080"));
    return Integer.parseInt(listening.strip().split("\\s+", -1)[2]);
  }

  private DoctorLab start(LabNetwork net, String listeners) throws Exception {
    return DoctorLab.start(net, folder, FirewallBackEnd.NFT, listeners);
  }
}
