package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.FlowProxy.On;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.loop.EventLoop;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What upstreams see of the PROXY protocol. */
@Lab(servers = 3)
@Timeout(60)
class ProxyHeaderOutTest {
  private static final int UPSTREAM_PORT = 8080;
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  /** Upstreams are dialed when the client has said five letters. */
  private static final Flow<Connection, Connection, NotUsed> AFTER_A_WORD =
      Stages.filter(
          connection ->
              Verdict.later(
                  connection.peek(5, Duration.ofSeconds(10)).thenApply(seen -> Verdict.accept())));

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static RelaySettings settings(ProxyProtocol version, boolean filtered) {
    RelaySettings settings = RelaySettings.create().withProxyProtocol(version);
    return filtered ? settings.withByteFilter(connection -> BidiFlow.identity()) : settings;
  }

  private static TestProxy proxy(LabNetwork net, RelaySettings settings) throws Exception {
    return TestProxy.start(net, TestProxy.to(net.server(1).at(UPSTREAM_PORT)), "0.0.0.0", settings);
  }

  /** Clients ask for the first server and get to the second. */
  private static Peers connect(LabNetwork net) throws Exception {
    LabHost upstream = net.server(1);
    return Peers.connect(net, net.server(0).at(PORT), upstream, upstream.at(UPSTREAM_PORT));
  }

  private static String line(LabNetwork net, Socket client) {
    return "PROXY TCP4 %s %s %d %d\r\n"
        .formatted(
            net.client().address().getHostAddress(),
            net.server(0).address().getHostAddress(),
            client.getLocalPort(),
            PORT);
  }

  private static void assertReceived(String expected, Socket server) throws IOException {
    assertEquals(expected, Peers.receive(server, expected.length()));
  }

  private static void assertReceivedBytes(byte[] expected, Socket server) throws IOException {
    HexFormat hex = HexFormat.of();
    byte[] received = server.getInputStream().readNBytes(expected.length);
    assertEquals(hex.formatHex(expected), hex.formatHex(received));
  }

  private static void finish(Peers peers) throws IOException {
    peers.client().shutdownOutput();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    assertEquals("", Peers.receiveToEnd(peers.client()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServerThatSpeaksFirstKnowsItsClient(boolean filtered, LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, settings(ProxyProtocol.V1, filtered));
    Peers peers = connect(net);
    assertReceived(line(net, peers.client()), peers.server());
    Peers.send(peers.server(), "welcome");
    assertEquals("welcome", Peers.receive(peers.client(), 7));
    Peers.send(peers.client(), "thanks");
    assertReceived("thanks", peers.server());
    finish(peers);
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(6, summary.bytesFromClient());
    assertEquals(7, summary.bytesFromUpstream());
    assertEquals("-- finished", summary.termination().toString());
    proxy.assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void version2(boolean filtered, LabNetwork net) throws Exception {
    proxy(net, settings(ProxyProtocol.V2, filtered).withSource(SourceAddress.clientIp()));
    Peers peers = connect(net);
    ByteBuffer expected =
        ByteBuffer.allocate(28)
            .put(HexFormat.of().parseHex(SIGNATURE + "2111000c"))
            .put(net.client().address().getAddress())
            .put(net.server(0).address().getAddress())
            .putShort((short) peers.client().getLocalPort())
            .putShort((short) PORT);
    assertReceivedBytes(expected.array(), peers.server());
    assertEquals(net.client().address(), peers.server().getInetAddress());
    finish(peers);
  }

  @Test
  void anIpv6ClientBeforeAnIpv4Server(LabNetwork net) throws Exception {
    TestProxy.start(
        net,
        TestProxy.to(net.server(1).at(UPSTREAM_PORT)),
        "::",
        settings(ProxyProtocol.V2, false));
    LabHost upstream = net.server(1);
    Peers peers = Peers.connect(net, net.server(0).at6(PORT), upstream, upstream.at(UPSTREAM_PORT));
    ByteBuffer expected =
        ByteBuffer.allocate(52)
            .put(HexFormat.of().parseHex(SIGNATURE + "21210024"))
            .put(net.client().address6().getAddress())
            .put(net.server(0).address6().getAddress())
            .putShort((short) peers.client().getLocalPort())
            .putShort((short) PORT);
    assertReceivedBytes(expected.array(), peers.server());
  }

  @Test
  void theFirstBytesTravelWithTheHeader(LabNetwork net) throws Exception {
    TestProxy.start(
        net,
        AFTER_A_WORD.via(TestProxy.to(net.server(1).at(UPSTREAM_PORT))),
        "0.0.0.0",
        settings(ProxyProtocol.V1, false));
    ServerSocket listener = Peers.listen(net, net.server(1), net.server(1).at(UPSTREAM_PORT));
    CompletableFuture<Socket> accepted = net.server(1).submit(listener::accept);
    Socket client = Peers.connect(net, net.server(0).at(PORT));
    Peers.send(client, "early");
    Socket server = net.closeAtEnd(Await.result(accepted));
    assertReceived(line(net, client) + "early", server);
    String sockets = net.proxy().exec("ss", "-tinH", "dport", "=", ":" + UPSTREAM_PORT);
    assertTrue(sockets.contains("data_segs_out:1 "), sockets);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachUpstreamThatIsTriedGetsOneHeader(boolean filtered, LabNetwork net) throws Exception {
    TestProxy proxy =
        TestProxy.start(
            net, inOrder(net), "0.0.0.0", settings(ProxyProtocol.V1, filtered).withRetries(2));
    LabHost last = net.server(2);
    Peers peers = Peers.connect(net, net.server(0).at(PORT), last, last.at(UPSTREAM_PORT));
    Peers.send(peers.client(), "hello");
    assertReceived(line(net, peers.client()) + "hello", peers.server());
    finish(peers);
    assertEquals(5, proxy.nextSummary().bytesFromClient());
  }

  /** It has seen no byte of the client, so that nothing is lost by asking another one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUpstreamThatResetsBeforeTheHeaderIsAsGoodAsOneThatRefuses(boolean filtered, LabNetwork net)
      throws Exception {
    CountDownLatch hasReset = new CountDownLatch(1);
    TestProxy proxy =
        TestProxy.start(
            net,
            // What was looked at is dialed at once, before the loop asks the kernel for news.
            AFTER_A_WORD.map(connection -> holdLoop(connection, hasReset)).via(inOrder(net)),
            "0.0.0.0",
            settings(ProxyProtocol.V1, filtered).withRetries(1));
    ServerSocket rude = Peers.listen(net, net.server(0), net.server(0).at(UPSTREAM_PORT));
    CompletableFuture<?> rudeness =
        net.server(0)
            .submit(
                () -> {
                  Peers.reset(rude.accept());
                  hasReset.countDown();
                  return null;
                });
    ServerSocket listener = Peers.listen(net, net.server(1), net.server(1).at(UPSTREAM_PORT));
    CompletableFuture<Socket> accepted = net.server(1).submit(listener::accept);
    Socket client = Peers.connect(net, net.server(0).at(PORT));
    // A descriptor and a timer.
    Await.until("it is not looked at", () -> proxy.held() == 2);
    Peers.send(client, "early");
    Peers peers = new Peers(client, net.closeAtEnd(Await.result(accepted)));
    assertReceived(line(net, client) + "early", peers.server());
    Await.result(rudeness);
    finish(peers);
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(net.server(1).at(UPSTREAM_PORT), summary.upstream().orElseThrow().address());
    proxy.assertNothingLeft();
  }

  private static Connection holdLoop(Connection connection, CountDownLatch until) {
    hold(Objects.requireNonNull(EventLoop.current()), until);
    return connection;
  }

  /** Other tasks have their turn, but the kernel does not. */
  private static void hold(EventLoop loop, CountDownLatch until) {
    loop.execute(
        () -> {
          try {
            if (!until.await(100, TimeUnit.MILLISECONDS)) {
              hold(loop, until);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static Flow<Connection, RoutedConnection, NotUsed> inOrder(LabNetwork net) {
    List<Upstream> pool =
        net.servers().stream().map(server -> Upstream.of(server.at(UPSTREAM_PORT))).toList();
    return Stages.balance(
        pool, upstreams -> (connection, usable) -> upstreams.stream().filter(usable).findFirst());
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionForAClientNamesIt(On on, LabNetwork net) throws Exception {
    FlowProxy.start(
        net,
        on,
        (system, connection) ->
            connection
                .flow()
                .join(
                    TransparentTcp.get(system)
                        .outgoingConnection(
                            connection,
                            Upstream.of(net.server(1).at(UPSTREAM_PORT)),
                            settings(ProxyProtocol.V1, false))));
    Peers peers = connect(net);
    Peers.send(peers.client(), "hello");
    assertReceived(line(net, peers.client()) + "hello", peers.server());
    finish(peers);
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void aConnectionOfTheProxysOwnSaysSo(ProxyProtocol version, LabNetwork net) throws Exception {
    FlowProxy.start(
        net,
        On.LOOP,
        (system, connection) ->
            connection
                .flow()
                .join(
                    TransparentTcp.get(system)
                        .outgoingConnection(
                            Upstream.of(net.server(1).at(UPSTREAM_PORT)),
                            settings(version, false))));
    Peers peers = connect(net);
    byte[] expected =
        HexFormat.of()
            .parseHex(
                version == ProxyProtocol.V1
                    ? "50524f585920554e4b4e4f574e0d0a"
                    : SIGNATURE + "20000000");
    assertReceivedBytes(expected, peers.server());
    finish(peers);
  }

  @Test
  void aServerThatDoesNotLikeItMayReset(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, settings(ProxyProtocol.V1, false));
    Peers peers = connect(net);
    Peers.reset(peers.server());
    Resets.assertReset(peers.client());
    assertEquals("UD reset", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }
}
