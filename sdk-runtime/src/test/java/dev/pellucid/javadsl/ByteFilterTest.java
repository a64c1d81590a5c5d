package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.Resets.assertConnectingIsReset;
import static dev.pellucid.javadsl.Resets.assertReset;
import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.relay.TcpConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Lab
@Timeout(60)
class ByteFilterTest {
  private static final int BULK = 16 << 20;
  private static final ByteFilter NOTHING = connection -> BidiFlow.identity();

  private static final ByteFilter SHOUT =
      connection ->
          BidiFlow.fromFlows(Flow.of(ByteString.class).map(upper()), Flow.of(ByteString.class));

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static org.apache.pekko.japi.function.Function<ByteString, ByteString> upper() {
    return bytes -> ByteString.fromString(bytes.utf8String().toUpperCase(Locale.ROOT));
  }

  private static TestProxy proxy(LabNetwork net, UnaryOperator<RelaySettings> settings)
      throws Exception {
    return TestProxy.start(
        net, Stages.toOriginalDestination(), "0.0.0.0", settings.apply(TestProxy.relaySettings()));
  }

  private static Peers connect(LabNetwork net) throws Exception {
    InetSocketAddress asked = net.server(0).at(PORT);
    return Peers.connect(net, asked, net.server(0), asked);
  }

  @Test
  void oneDirectionIsChangedAndTheOtherIsNot(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, relay -> relay.withByteFilter(SHOUT));
    Peers peers = connect(net);
    assertEquals(net.client().address(), Peers.addressSeen(peers.server()));
    Peers.send(peers.client(), "hello");
    assertEquals("HELLO", Peers.receive(peers.server(), 5));
    Peers.send(peers.server(), "hush");
    assertEquals("hush", Peers.receive(peers.client(), 4));
    peers.client().shutdownOutput();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    assertEquals("", Peers.receiveToEnd(peers.client()));
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(5, summary.bytesFromClient());
    assertEquals(4, summary.bytesFromUpstream());
    assertEquals(Termination.COMPLETED, summary.termination());
    assertEquals(net.server(0).at(PORT), summary.upstream().orElseThrow().address());
    proxy.assertNothingLeft();
  }

  @Test
  void filtersApplyInOrder(LabNetwork net) throws Exception {
    ByteFilter greet =
        connection ->
            BidiFlow.fromFlows(
                Flow.of(ByteString.class).map(bytes -> bytes.concat(ByteString.fromString("!a"))),
                Flow.of(ByteString.class));
    TestProxy proxy = proxy(net, relay -> relay.withByteFilter(SHOUT).withByteFilter(greet));
    Peers peers = connect(net);
    Peers.send(peers.client(), "hi");
    assertEquals("HI!a", Peers.receive(peers.server(), 4));
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    assertEquals(Termination.COMPLETED, proxy.nextSummary().termination());
    proxy.assertNothingLeft();
  }

  @Test
  void bulkInBothDirectionsArrivesUnchanged(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, relay -> relay.withByteFilter(NOTHING));
    Peers peers = connect(net);
    CompletableFuture<byte[]> up = Bulk.send(net.client(), peers.client(), BULK, 1);
    CompletableFuture<byte[]> down = Bulk.send(net.server(0), peers.server(), BULK, 2);
    CompletableFuture<byte[]> atServer = Bulk.receive(net.server(0), peers.server());
    CompletableFuture<byte[]> atClient = Bulk.receive(net.client(), peers.client());
    assertArrayEquals(up.get(), atServer.get());
    assertArrayEquals(down.get(), atClient.get());
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(BULK, summary.bytesFromClient());
    assertEquals(BULK, summary.bytesFromUpstream());
    assertEquals(Termination.COMPLETED, summary.termination());
    proxy.assertNothingLeft();
  }

  @Test
  void aResetOfTheServerReachesTheClient(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, relay -> relay.withByteFilter(NOTHING));
    Peers peers = connect(net);
    Peers.send(peers.server(), "too large");
    Peers.reset(peers.server());
    assertEquals("too large", Peers.receive(peers.client(), 9));
    assertReset(peers.client());
    assertEquals("UD reset", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void aResetOfTheClientReachesTheServer(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, relay -> relay.withByteFilter(NOTHING));
    Peers peers = connect(net);
    Peers.reset(peers.client());
    assertReset(peers.server());
    assertEquals("CD reset", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void aRefusedUpstreamIsSummedUp(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, relay -> relay.withByteFilter(NOTHING));
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("UC refused", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void anIdleConnectionIsReset(LabNetwork net) throws Exception {
    TestProxy proxy =
        proxy(net, relay -> relay.withByteFilter(NOTHING).withIdleTimeout(Duration.ofSeconds(1)));
    Peers peers = connect(net);
    assertReset(peers.client());
    assertReset(peers.server());
    assertEquals("PI timeout", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void aHalfClosedConnectionDoesNotStayForEver(LabNetwork net) throws Exception {
    TestProxy proxy =
        proxy(
            net,
            relay -> relay.withByteFilter(NOTHING).withHalfClosedTimeout(Duration.ofMillis(200)));
    Peers peers = connect(net);
    peers.client().shutdownOutput();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    assertReset(peers.client());
    assertEquals("PH timeout", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void aFilterThatThrowsResetsItsConnection(LabNetwork net) throws Exception {
    TestProxy proxy =
        proxy(
            net,
            relay ->
                relay.withByteFilter(
                    connection -> {
                      throw new IllegalStateException("on purpose");
                    }));
    Peers.listen(net, net.server(0), net.server(0).at(PORT));
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals(Termination.Cause.FAILED, proxy.nextSummary().termination().cause());
    proxy.assertNothingLeft();
  }

  @Test
  void aFilterWhoseFlowCannotStartResetsItsConnection(LabNetwork net) throws Exception {
    TestProxy proxy =
        proxy(
            net,
            relay ->
                relay.withByteFilter(
                    connection ->
                        BidiFlow.fromFlows(Flow.fromGraph(new Stillborn()), Flow.create())));
    Peers.listen(net, net.server(0), net.server(0).at(PORT));
    for (int i = 0; i < 2; i++) {
      assertConnectingIsReset(net, net.server(0).at(PORT));
      assertEquals(Termination.Cause.FAILED, proxy.nextSummary().termination().cause());
    }
    proxy.assertNothingLeft();
  }

  /** A stage that fails before it begins. */
  private static final class Stillborn extends GraphStage<FlowShape<ByteString, ByteString>> {
    private final FlowShape<ByteString, ByteString> shape =
        FlowShape.of(Inlet.create("in"), Outlet.create("out"));

    @Override
    public FlowShape<ByteString, ByteString> shape() {
      return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void abortingEndsBothSides(LabNetwork net) throws Exception {
    CompletableFuture<Connection> accepted = new CompletableFuture<>();
    TestProxy proxy =
        TestProxy.start(
            net,
            Stages.filter(
                    connection -> {
                      accepted.complete(connection);
                      return Verdict.accept();
                    })
                .via(Stages.toOriginalDestination()),
            "0.0.0.0",
            TestProxy.relaySettings().withByteFilter(NOTHING));
    Peers peers = connect(net);
    Peers.send(peers.client(), "hello");
    assertEquals("hello", Peers.receive(peers.server(), 5));
    ((TcpConnection) accepted.get()).abort(Cause.STOPPED);
    assertReset(peers.client());
    assertReset(peers.server());
    assertEquals("PD stopped", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }
}
