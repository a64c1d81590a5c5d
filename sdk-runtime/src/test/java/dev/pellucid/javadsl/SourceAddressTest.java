package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server sees, for each kind of source; and that it never sees another. */
@Lab
@Timeout(30)
class SourceAddressTest {
  private static final String UNAVAILABLE = "PC source-unavailable";

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static TestProxy proxy(LabNetwork net, SourceAddress source) throws Exception {
    return TestProxy.start(
        net,
        TestProxy.to(net.server(0).at(PORT)),
        "0.0.0.0",
        RelaySettings.create().withSource(source));
  }

  private static Peers connect(LabNetwork net) throws Exception {
    InetSocketAddress asked = net.server(0).at(PORT);
    return Peers.connect(net, asked, net.server(0), asked);
  }

  @Test
  void theProxysOwn(LabNetwork net) throws Exception {
    proxy(net, SourceAddress.proxy());
    assertEquals(InetAddress.getByName("10.2.0.1"), connect(net).server().getInetAddress());
  }

  @Test
  void theClients(LabNetwork net) throws Exception {
    proxy(net, SourceAddress.clientIp());
    assertEquals(net.client().address(), connect(net).server().getInetAddress());
  }

  @Test
  void theClientsWithItsPort(LabNetwork net) throws Exception {
    proxy(net, SourceAddress.clientIpPort());
    Peers peers = connect(net);
    assertEquals(
        new InetSocketAddress(net.client().address(), peers.client().getLocalPort()),
        peers.server().getRemoteSocketAddress());
  }

  @Test
  void anAddressOfNobody(LabNetwork net) throws Exception {
    InetAddress nobody = InetAddress.getByName("10.99.9.9");
    proxy(net, SourceAddress.given(nobody));
    assertEquals(nobody, connect(net).server().getInetAddress());
  }

  @Test
  void portsThatAreUsedUpAreTheProxysOwnLack(LabNetwork net) throws Exception {
    net.proxy().sysctl("net.ipv4.ip_local_port_range", "40000 40001");
    TestProxy proxy = proxy(net, SourceAddress.clientIp());
    Peers.listen(net, net.server(0), net.server(0).at(PORT));
    // Each loop dials in its own time, so that any of the three may be the one that gets no port.
    for (int i = 0; i < 3; i++) {
      connectOrBeReset(net);
    }
    assertEquals(UNAVAILABLE, proxy.nextSummary().termination().toString());
    assertEquals(1, proxy.binding().terminations().get(UNAVAILABLE));
    assertEquals(2, proxy.binding().openConnections());
  }

  private static void connectOrBeReset(LabNetwork net) throws Exception {
    try {
      Peers.connect(net, net.server(0).at(PORT));
    } catch (SocketException e) {
      assertTrue(e.getMessage().startsWith("Connection reset"), e.getMessage());
    }
  }

  @Test
  void aClientOfTheOtherFamilyCannotBeShown(LabNetwork net) throws Exception {
    TestProxy proxy =
        TestProxy.start(net, TestProxy.to(net.server(0).at(PORT)), "::", TestProxy.relaySettings());
    Resets.assertConnectingIsReset(net, net.server(0).at6(PORT));
    assertEquals("PC family-mismatch", proxy.nextSummary().termination().toString());
  }

  @Test
  void aClientOnTheProxysHostIsShownAsItIs(LabNetwork net) throws Exception {
    proxy(net, SourceAddress.clientIp());
    Peers peers = connectOnProxy(net);
    assertEquals(peers.client().getLocalAddress(), peers.server().getInetAddress());
  }

  private static Peers connectOnProxy(LabNetwork net) throws Exception {
    LabHost proxy = net.proxy();
    return Peers.connect(
        net, proxy, proxy.at(LISTENER_PORT), net.server(0), net.server(0).at(PORT));
  }

  /** It has the port itself. */
  @Test
  void aClientOnTheProxysHostKeepsItsPort(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, SourceAddress.clientIpPort());
    Peers.listen(net, net.server(0), net.server(0).at(PORT));
    Resets.assertConnectingIsReset(net, net.proxy(), net.proxy().at(LISTENER_PORT));
    assertEquals(UNAVAILABLE, proxy.nextSummary().termination().toString());
  }

  @Test
  void loopbackIsNoSourceForOtherHosts(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, SourceAddress.clientIp());
    Resets.assertConnectingIsReset(
        net, net.proxy(), new InetSocketAddress(InetAddress.getLoopbackAddress(), LISTENER_PORT));
    assertEquals(UNAVAILABLE, proxy.nextSummary().termination().toString());
  }
}
