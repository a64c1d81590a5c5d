package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A proxy behind a balancer is as transparent as the balancer's headers let it be. */
@Lab
@Timeout(60)
class ProxyHeaderChainTest {
  private static final int BEHIND_PORT = 50081;

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  /** The proxy that gets the headers; it goes where they say. */
  private static TestProxy behind(
      LabNetwork net, ProxyProtocol version, boolean filtered, SourceAddress source)
      throws Exception {
    RelaySettings relay = RelaySettings.create().withSource(source);
    return TestProxy.start(
        net,
        2,
        BindSettings.create("0.0.0.0", BEHIND_PORT).withProxyProtocol(version),
        Stages.toOriginalDestination(),
        filtered ? relay.withByteFilter(connection -> BidiFlow.identity()) : relay);
  }

  private static void assertTalk(Peers peers) throws Exception {
    Peers.send(peers.server(), "welcome");
    assertEquals("welcome", Peers.receive(peers.client(), 7));
    Peers.send(peers.client(), "thanks");
    peers.client().shutdownOutput();
    assertEquals("thanks", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    assertEquals("", Peers.receiveToEnd(peers.client()));
  }

  /** The server speaks first, so that the header has to come by itself. */
  @ParameterizedTest
  @CsvSource({"V1, false", "V2, false", "V1, true", "V2, true"})
  void fromOneProxyToTheNext(ProxyProtocol version, boolean filtered, LabNetwork net)
      throws Exception {
    TestProxy behind = behind(net, version, filtered, SourceAddress.clientIpPort());
    RelaySettings relay = RelaySettings.create().withProxyProtocol(version);
    TestProxy.start(
        net,
        TestProxy.to(net.proxy().at(BEHIND_PORT)),
        "0.0.0.0",
        filtered ? relay.withByteFilter(connection -> BidiFlow.identity()) : relay);
    InetSocketAddress asked = net.server(0).at(PORT);
    Peers peers = Peers.connect(net, asked, net.server(0), asked);
    assertEquals(
        new InetSocketAddress(net.client().address(), peers.client().getLocalPort()),
        peers.server().getRemoteSocketAddress());
    assertTalk(peers);
    ConnectionSummary summary = behind.nextSummary();
    assertEquals(asked, summary.connection().originalDestination());
    assertEquals(6, summary.bytesFromClient());
    assertEquals(7, summary.bytesFromUpstream());
    behind.assertNothingLeft();
  }

  private static Peers connectWith(String header, LabNetwork net) throws Exception {
    LabHost server = net.server(0);
    ServerSocket listener = Peers.listen(net, server, server.at(PORT));
    CompletableFuture<Socket> accepted = server.submit(listener::accept);
    Socket client = Peers.connect(net, net.proxy().at(BEHIND_PORT));
    Peers.send(client, header);
    return new Peers(client, net.closeAtEnd(Await.result(accepted)));
  }

  @Test
  void theServerSeesTheClientThatTheHeaderNames(LabNetwork net) throws Exception {
    behind(net, ProxyProtocol.V1, false, SourceAddress.clientIp());
    String header =
        "PROXY TCP4 10.77.0.1 %s 1234 %d\r\n"
            .formatted(net.server(0).address().getHostAddress(), PORT);
    Peers peers = connectWith(header, net);
    assertEquals(InetAddress.getByName("10.77.0.1"), peers.server().getInetAddress());
    assertTalk(peers);
  }

  /** The kernel would take another port in its place. */
  @Test
  void portZeroIsNobodys(LabNetwork net) throws Exception {
    TestProxy behind = behind(net, ProxyProtocol.V1, false, SourceAddress.clientIpPort());
    Socket client = Peers.connect(net, net.proxy().at(BEHIND_PORT));
    Peers.send(
        client,
        "PROXY TCP4 10.77.0.1 %s 0 %d\r\n"
            .formatted(net.server(0).address().getHostAddress(), PORT));
    Resets.assertReset(client);
    assertEquals("PC source-unavailable", behind.nextSummary().termination().toString());
  }

  /** Nor can a header lead the proxy to itself. */
  @Test
  void theListenerItselfIsNoDestination(LabNetwork net) throws Exception {
    TestProxy behind = behind(net, ProxyProtocol.V1, false, SourceAddress.proxy());
    Socket client = Peers.connect(net, net.proxy().at(BEHIND_PORT));
    Peers.send(
        client,
        "PROXY TCP4 10.77.0.1 %s 1234 %d\r\n"
            .formatted(net.proxy().address().getHostAddress(), BEHIND_PORT));
    Resets.assertReset(client);
    assertEquals("PR no-upstream", behind.nextSummary().termination().toString());
  }
}
