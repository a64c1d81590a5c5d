package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Connection;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What both ends see, for each way in but TPROXY from outside. */
@Lab
@Timeout(30)
class WaysInTest {
  private static BindSettings listener(boolean six, Interception interception) {
    return BindSettings.create(six ? "::" : "0.0.0.0", LISTENER_PORT)
        .withInterception(interception);
  }

  private static InetSocketAddress server(LabNetwork net, boolean six) {
    return six ? net.server(0).at6(PORT) : net.server(0).at(PORT);
  }

  private static InetAddress client(LabNetwork net, boolean six) {
    return six ? net.client().address6() : net.client().address();
  }

  private static RelaySettings from(SourceAddress source) {
    return RelaySettings.create().withSource(source);
  }

  /** Talks in both directions and returns what the proxy made of it. */
  private static Connection talk(TestProxy proxy, Peers peers) throws Exception {
    Peers.send(peers.client(), "question");
    assertEquals("question", Peers.receive(peers.server(), 8));
    Peers.send(peers.server(), "the answer");
    assertEquals("the answer", Peers.receive(peers.client(), 10));
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    var summary = proxy.nextSummary();
    assertEquals(Termination.COMPLETED, summary.termination());
    assertEquals(1, proxy.binding().accepted());
    return summary.connection();
  }

  private static void assertSeen(Peers peers, InetSocketAddress asked, InetAddress shown) {
    assertEquals(asked, peers.client().getRemoteSocketAddress());
    assertEquals(shown, peers.server().getInetAddress());
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aForeignListenerIsTheServerItself(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    // The very address of the server: its own connections to it have to get there all the same.
    InetSocketAddress asked = server(net, six);
    net.apply(tool, Rules.of(List.of(Intercept.foreign("lab", Transport.TCP, asked))));
    TestProxy proxy =
        TestProxy.start(
            net,
            BindSettings.create(asked).withInterception(Interception.FOREIGN),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIp()));
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertSeen(peers, asked, client(net, six));
    Connection connection = talk(proxy, peers);
    assertEquals(asked, connection.originalDestination());
    assertTrue(connection.intercepted());
  }

  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void aForeignListenerAtAnAddressOfNobody(FirewallTool tool, LabNetwork net) throws Exception {
    InetSocketAddress asked = new InetSocketAddress("10.99.9.9", PORT);
    net.apply(tool, Rules.of(List.of(Intercept.foreign("lab", Transport.TCP, asked))));
    TestProxy proxy =
        TestProxy.start(
            net,
            BindSettings.create(asked).withInterception(Interception.FOREIGN),
            TestProxy.to(server(net, false)),
            from(SourceAddress.clientIpPort()));
    Peers peers = Peers.connect(net, asked, net.server(0), server(net, false));
    assertSeen(peers, asked, client(net, false));
    assertEquals(peers.client().getLocalPort(), peers.server().getPort());
    assertEquals(asked, talk(proxy, peers).originalDestination());
  }

  @Test
  void aForeignListenerNamesItsAddress() {
    BindSettings any = BindSettings.create("0.0.0.0", PORT);
    assertThrows(IllegalArgumentException.class, () -> any.withInterception(Interception.FOREIGN));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aRedirectToTheOriginalDestination(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    net.redirect(tool, PORT, LISTENER_PORT);
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(six, Interception.REDIRECT),
            Stages.toOriginalDestination(),
            from(SourceAddress.proxy()));
    InetSocketAddress asked = server(net, six);
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertSeen(peers, asked, InetAddress.getByName(six ? "fd00:2::1" : "10.2.0.1"));
    Connection connection = talk(proxy, peers);
    assertEquals(asked, connection.originalDestination());
    assertTrue(connection.intercepted());
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aRedirectShowsTheClient(FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    applyRedirectWithDivert(net, tool, six);
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(six, Interception.REDIRECT),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIp()));
    InetSocketAddress asked = server(net, six);
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertSeen(peers, asked, client(net, six));
    talk(proxy, peers);
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aRedirectShowsTheClientAndItsPort(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    applyRedirectWithDivert(net, tool, six);
    // Elsewhere than the client went: connection tracking would confuse the two connections.
    InetSocketAddress upstream = new InetSocketAddress(server(net, six).getAddress(), 8080);
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(six, Interception.REDIRECT),
            TestProxy.to(upstream),
            from(SourceAddress.clientIpPort()));
    InetSocketAddress asked = server(net, six);
    Peers peers = Peers.connect(net, asked, net.server(0), upstream);
    assertSeen(peers, asked, client(net, six));
    assertEquals(peers.client().getLocalPort(), peers.server().getPort());
    talk(proxy, peers);
  }

  /** Connection tracking takes the second connection for the first. */
  @Test
  void aRedirectCannotShowTheClientsPortWhereTheClientWent(LabNetwork net) throws Exception {
    applyRedirectWithDivert(net, FirewallTool.NFT, false);
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(false, Interception.REDIRECT),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIpPort()).withConnectTimeout(Duration.ofSeconds(1)));
    Peers.listen(net, net.server(0), server(net, false));
    Resets.assertConnectingIsReset(net, server(net, false));
    assertEquals("UC timeout", proxy.nextSummary().termination().toString());
    assertEquals(1, proxy.binding().accepted());
  }

  private static void applyRedirectWithDivert(LabNetwork net, FirewallTool tool, boolean six)
      throws Exception {
    InetSocketAddress listener = listener(six, Interception.REDIRECT).address();
    Intercept redirect = Intercept.redirect("lab", listener, List.of(PortRange.of(PORT)));
    net.apply(
        tool,
        Rules.of(List.of(redirect))
            .withDiverts(Set.of(new Divert(IpFamily.of(listener.getAddress()), Transport.TCP))));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whoeverAddressesARedirectListenerIsNotSentInCircles(boolean rules, LabNetwork net)
      throws Exception {
    if (rules) {
      net.redirect(FirewallTool.NFT, PORT, LISTENER_PORT);
    }
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(false, Interception.REDIRECT),
            Stages.toOriginalDestination(),
            from(SourceAddress.proxy()));
    Resets.assertConnectingIsReset(net, net.proxy().at(LISTENER_PORT));
    assertEquals("PR no-upstream", proxy.nextSummary().termination().toString());
    assertEquals(1, proxy.binding().accepted());
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aReverseProxyShowsItsClients(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    net.divert(tool);
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(six, Interception.NONE),
            TestProxy.to(server(net, six)),
            from(SourceAddress.clientIp()));
    InetSocketAddress asked = six ? net.proxy().at6(LISTENER_PORT) : net.proxy().at(LISTENER_PORT);
    Peers peers = Peers.connect(net, asked, net.server(0), server(net, six));
    assertSeen(peers, asked, client(net, six));
    assertFalse(talk(proxy, peers).intercepted());
  }

  /** Clients of each family, through the one listener, to upstreams of their own. */
  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aDualStackListenerTakesBoth(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    net.intercept(tool, PORT, LISTENER_PORT);
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(true, Interception.TPROXY).withDualStack(),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIp()));
    InetSocketAddress asked = server(net, six);
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertSeen(peers, asked, client(net, six));
    Connection connection = talk(proxy, peers);
    assertEquals(asked, connection.originalDestination());
    assertEquals(client(net, six), connection.client().getAddress());
  }

  @Test
  void aDualStackRedirectTakesIpv4(LabNetwork net) throws Exception {
    net.redirect(FirewallTool.NFT, PORT, LISTENER_PORT);
    TestProxy proxy =
        TestProxy.start(
            net,
            listener(true, Interception.REDIRECT).withDualStack(),
            Stages.toOriginalDestination(),
            from(SourceAddress.proxy()));
    InetSocketAddress asked = server(net, false);
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertEquals(asked, talk(proxy, peers).originalDestination());
  }

  @Test
  void onlyAListenerAtAnyIpv6AddressCanBeDualStack() {
    assertThrows(
        IllegalArgumentException.class, () -> BindSettings.create("0.0.0.0", PORT).withDualStack());
    assertThrows(
        IllegalArgumentException.class, () -> BindSettings.create("::1", PORT).withDualStack());
  }
}
