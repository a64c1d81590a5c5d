package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Lab
@Timeout(30)
class InterceptionTest {

  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void neitherSideCanTell(FirewallTool tool, LabNetwork net) throws Exception {
    net.intercept(tool, PORT, LISTENER_PORT);
    TestProxy proxy = TestProxy.start(net, Stages.toOriginalDestination());
    InetSocketAddress asked = net.server(0).at(PORT);
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertIntercepted(proxy, peers, net.client(), asked);
  }

  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void neitherSideCanTellWithIpv6(FirewallTool tool, LabNetwork net) throws Exception {
    net.intercept(tool, PORT, LISTENER_PORT);
    TestProxy proxy =
        TestProxy.start(net, Stages.toOriginalDestination(), "::", TestProxy.relaySettings());
    InetSocketAddress asked = net.server(0).at6(PORT);
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertEquals(net.client().address6(), peers.server().getInetAddress());
    assertSummary(proxy, peers, asked);
  }

  private static void assertIntercepted(
      TestProxy proxy, Peers peers, LabHost client, InetSocketAddress asked) throws Exception {
    assertEquals(client.address(), peers.server().getInetAddress());
    assertEquals(asked, peers.client().getRemoteSocketAddress());
    assertSummary(proxy, peers, asked);
  }

  private static void assertSummary(TestProxy proxy, Peers peers, InetSocketAddress asked)
      throws Exception {
    InetSocketAddress client =
        new InetSocketAddress(peers.client().getLocalAddress(), peers.client().getLocalPort());
    Peers.send(peers.client(), "question");
    assertEquals("question", Peers.receive(peers.server(), 8));
    Peers.send(peers.server(), "the answer");
    assertEquals("the answer", Peers.receive(peers.client(), 10));
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(client, summary.connection().client());
    assertEquals(asked, summary.connection().originalDestination());
    assertEquals(8, summary.bytesFromClient());
    assertEquals(10, summary.bytesFromUpstream());
    assertEquals(Termination.COMPLETED, summary.termination());
  }

  @Test
  @Lab(servers = 2)
  void anotherServerMayAnswer(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
    InetSocketAddress upstream = net.server(1).at(8080);
    TestProxy proxy = TestProxy.start(net, TestProxy.to(upstream));
    InetSocketAddress asked = net.server(0).at(PORT);
    Peers peers = Peers.connect(net, asked, net.server(1), upstream);
    assertIntercepted(proxy, peers, net.client(), asked);
  }

  @Test
  void aClientThatAddressesTheProxyIsNotSentInCircles(LabNetwork net) throws Exception {
    TestProxy proxy = TestProxy.start(net, Stages.toOriginalDestination());
    Resets.assertConnectingIsReset(net, net.proxy().at(LISTENER_PORT));
    assertEquals("PR no-upstream", proxy.nextSummary().termination().toString());
    assertEquals(1, proxy.binding().accepted());
  }
}
