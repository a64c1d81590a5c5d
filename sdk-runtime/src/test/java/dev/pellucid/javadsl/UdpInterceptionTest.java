package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.UdpProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.UdpProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.javadsl.UdpPeer.Datagram;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** UDP that TPROXY hands over: the original destination there, and on the way back. */
@Lab
@Timeout(30)
class UdpInterceptionTest {

  private static void intercept(LabNetwork net, FirewallTool tool) throws Exception {
    net.apply(tool, Rules.of(List.of(rule("0.0.0.0"), rule("::"))));
  }

  private static Intercept rule(String listener) {
    return Intercept.udp(
            "dns",
            new InetSocketAddress(listener, LISTENER_PORT),
            List.of(PortRange.of(PORT), PortRange.of(PORT + 1)))
        .withInterfaces(List.of(LabNetwork.CLIENT_INTERFACE));
  }

  private static UdpRelaySettings from(SourceAddress source) {
    return UdpRelaySettings.create().withSource(source);
  }

  private static void assertAnswered(UdpPeer client, InetSocketAddress asked, UdpPeer server)
      throws Exception {
    client.send("question", asked);
    Datagram question = server.receive();
    assertEquals("question", question.text());
    server.send("answer", question.from());
    Datagram answer = client.receive();
    assertEquals("answer", answer.text());
    assertEquals(asked, answer.from());
  }

  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void neitherSideCanTell(FirewallTool tool, LabNetwork net) throws Exception {
    intercept(net, tool);
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.intercepting("0.0.0.0"),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIpPort()).withResponses(3));
    InetSocketAddress asked = net.server(0).at(PORT);
    UdpPeer server = UdpPeer.server(net, net.server(0), asked);
    UdpPeer client = UdpPeer.client(net);
    InetSocketAddress clientAddress = new InetSocketAddress(net.client().address(), client.port());
    for (int i = 0; i < 3; i++) {
      // The second one must not end up at the socket that has sent the first one's answer.
      client.send("question", asked);
      assertEquals(clientAddress, server.receive().from());
      server.send("answer", clientAddress);
      assertEquals(asked, client.receive().from());
    }
    for (int i = 0; i < 6; i++) {
      server.send("answer", clientAddress);
    }
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(clientAddress, summary.connection().client());
    assertEquals(asked, summary.connection().originalDestination());
    assertEquals("-- finished", summary.termination().toString());
    assertEquals(1, proxy.binding().accepted());
    proxy.assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void neitherSideCanTellWithIpv6(FirewallTool tool, LabNetwork net) throws Exception {
    intercept(net, tool);
    UdpProxy.start(
        net,
        UdpProxy.intercepting("::"),
        Stages.toOriginalDestination(),
        from(SourceAddress.clientIp()));
    InetSocketAddress asked = net.server(0).at6(PORT);
    UdpPeer server = UdpPeer.server(net, net.server(0), asked);
    UdpPeer client = UdpPeer.client(net);
    assertAnswered(client, asked, server);
    client.send("question", asked);
    assertEquals(net.client().address6(), server.receive().from().getAddress());
  }

  @Test
  @Lab(servers = 2)
  void oneClientPortMayAskSeveral(LabNetwork net) throws Exception {
    intercept(net, FirewallTool.NFT);
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.intercepting("0.0.0.0"),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIpPort()));
    UdpPeer client = UdpPeer.client(net);
    InetSocketAddress first = net.server(0).at(PORT);
    InetSocketAddress other = net.server(1).at(PORT);
    UdpPeer server = UdpPeer.server(net, net.server(0), first);
    UdpPeer otherServer = UdpPeer.server(net, net.server(1), other);
    for (int i = 0; i < 2; i++) {
      assertAnswered(client, first, server);
      assertAnswered(client, other, otherServer);
    }
    assertEquals(2, proxy.binding().accepted());
  }

  /** The socket that replies leave from is bound to the address that he wants to reach. */
  @Test
  @Lab(servers = 2)
  void aBystanderReachesTheServerItself(LabNetwork net) throws Exception {
    intercept(net, FirewallTool.NFT);
    UdpProxy.start(
        net,
        UdpProxy.intercepting("0.0.0.0"),
        TestProxy.to(net.server(0).at(PORT)),
        from(SourceAddress.clientIp()));
    InetSocketAddress asked = net.server(1).at(PORT);
    UdpPeer upstream = UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
    UdpPeer itself = UdpPeer.server(net, net.server(1), asked);
    UdpPeer client = UdpPeer.client(net);
    assertAnswered(client, asked, upstream);
    UdpPeer bystander = UdpPeer.client(net, net.server(0));
    assertAnswered(bystander, asked, itself);
    assertAnswered(client, asked, upstream);
  }

  /** The upstream's answers could not be told apart. */
  @Test
  void aClientPortIsShownToAnUpstreamOnce(LabNetwork net) throws Exception {
    intercept(net, FirewallTool.NFT);
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.intercepting("0.0.0.0"),
            TestProxy.to(net.server(0).at(PORT)),
            from(SourceAddress.clientIpPort()));
    UdpPeer server = UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
    UdpPeer client = UdpPeer.client(net);
    assertAnswered(client, net.server(0).at(PORT), server);
    client.send("question", net.server(0).at(PORT + 1));
    assertEquals("PC source-unavailable", proxy.nextEnd());
    assertAnswered(client, net.server(0).at(PORT), server);
  }

  @Test
  void sessionsToAnAddressThatNobodyHas(LabNetwork net) throws Exception {
    intercept(net, FirewallTool.NFT);
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.intercepting("0.0.0.0"),
            TestProxy.to(net.server(0).at(PORT)),
            from(SourceAddress.clientIp()));
    UdpPeer server = UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
    Set<InetSocketAddress> sessions = new HashSet<>();
    for (int i = 1; i <= 100; i++) {
      InetSocketAddress asked = new InetSocketAddress("10.9.9." + i, PORT);
      UdpPeer client = UdpPeer.client(net);
      client.send("question", asked);
      Datagram question = server.receive();
      assertEquals(net.client().address(), question.from().getAddress());
      sessions.add(question.from());
      server.send("answer", question.from());
      assertEquals(asked, client.receive().from());
    }
    assertEquals(100, sessions.size());
    assertEquals(100, proxy.binding().openConnections());
    proxy.binding().abortConnections();
    for (int i = 0; i < 100; i++) {
      proxy.nextSummary();
    }
    proxy.assertNothingLeft();
  }

  /** Its ICMP error is addressed to the client, and yet belongs to the proxy's socket. */
  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void anUpstreamWhereNobodyListens(FirewallTool tool, LabNetwork net) throws Exception {
    intercept(net, tool);
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.intercepting("0.0.0.0"),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIp()));
    UdpPeer.client(net).send("question", net.server(0).at(PORT));
    assertEquals("UD refused", proxy.nextEnd());
    proxy.assertNothingLeft();
  }

  @Test
  void aClientThatAddressesTheProxyIsNotSentInCircles(LabNetwork net) throws Exception {
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.intercepting("0.0.0.0"),
            Stages.toOriginalDestination(),
            from(SourceAddress.clientIp()));
    UdpPeer.client(net).send("question", net.proxy().at(LISTENER_PORT));
    assertEquals("PR no-upstream", proxy.nextEnd());
    assertEquals(1, proxy.binding().accepted());
  }

  @Test
  void aClientThatAddressesTheProxyIsAnsweredByIt(LabNetwork net) throws Exception {
    UdpProxy.start(
        net,
        UdpProxy.intercepting("0.0.0.0"),
        TestProxy.to(net.server(0).at(PORT)),
        from(SourceAddress.proxy()));
    UdpPeer server = UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
    UdpPeer client = UdpPeer.client(net);
    assertAnswered(client, net.proxy().at(LISTENER_PORT), server);
    assertAnswered(client, net.proxy().at(LISTENER_PORT), server);
  }
}
