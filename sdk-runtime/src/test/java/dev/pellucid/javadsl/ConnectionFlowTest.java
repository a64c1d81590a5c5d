package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.Resets.assertConnectingIsReset;
import static dev.pellucid.javadsl.Resets.assertReset;
import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.javadsl.FlowProxy.On;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Lab
@Timeout(60)
class ConnectionFlowTest {
  private static final int BULK = 16 << 20;
  private static final RelaySettings AS_CLIENT =
      RelaySettings.create().withSource(SourceAddress.clientIp());

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static RunnableGraph<?> echo(ActorSystem system, Connection connection) {
    return connection.flow().join(Flow.create());
  }

  /** A whole proxy in one line. */
  private static RunnableGraph<CompletionStage<OutgoingConnection>> proxy(
      ActorSystem system, Connection connection) {
    Upstream upstream = Upstream.of(connection.originalDestination());
    return connection
        .flow()
        .joinMat(
            TransparentTcp.get(system).outgoingConnection(connection, upstream, AS_CLIENT),
            Keep.right());
  }

  private static Peers connect(LabNetwork net) throws Exception {
    InetSocketAddress asked = net.server(0).at(PORT);
    return Peers.connect(net, asked, net.server(0), asked);
  }

  private static Socket connectAlone(LabNetwork net) throws Exception {
    return Peers.connect(net, net.server(0).at(PORT));
  }

  @ParameterizedTest
  @EnumSource
  void whatTheClientSendsComesBack(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::echo);
    Socket client = connectAlone(net);
    Peers.send(client, "hello");
    assertEquals("hello", Peers.receive(client, 5));
    Peers.send(client, "again");
    client.shutdownOutput();
    assertEquals("again", Peers.receiveToEnd(client));
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void bulkComesBackUnchanged(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::echo);
    Socket client = connectAlone(net);
    CompletableFuture<byte[]> sent = Bulk.send(net.client(), client, BULK, 1);
    assertArrayEquals(Bulk.receive(net.client(), client).get(), sent.get());
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void theServerSeesTheClientsAddress(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::proxy);
    Peers peers = connect(net);
    assertEquals(net.client().address(), Peers.addressSeen(peers.server()));
    Peers.send(peers.client(), "hello");
    assertEquals("hello", Peers.receive(peers.server(), 5));
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void bulkInBothDirectionsArrivesUnchanged(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::proxy);
    Peers peers = connect(net);
    CompletableFuture<byte[]> up = Bulk.send(net.client(), peers.client(), BULK, 1);
    CompletableFuture<byte[]> down = Bulk.send(net.server(0), peers.server(), BULK, 2);
    CompletableFuture<byte[]> atServer = Bulk.receive(net.server(0), peers.server());
    CompletableFuture<byte[]> atClient = Bulk.receive(net.client(), peers.client());
    assertArrayEquals(up.get(), atServer.get());
    assertArrayEquals(down.get(), atClient.get());
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void theServerMayGoOnAfterTheClientHasEnded(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::proxy);
    Peers peers = connect(net);
    Peers.send(peers.client(), "last words");
    peers.client().shutdownOutput();
    assertEquals("last words", Peers.receiveToEnd(peers.server()));
    Peers.send(peers.server(), "noted");
    assertEquals("noted", Peers.receive(peers.client(), 5));
    peers.server().close();
    assertEquals("", Peers.receiveToEnd(peers.client()));
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void theClientMayGoOnAfterTheServerHasEnded(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::proxy);
    Peers peers = connect(net);
    Peers.send(peers.server(), "bye");
    peers.server().shutdownOutput();
    assertEquals("bye", Peers.receiveToEnd(peers.client()));
    Peers.send(peers.client(), "but wait");
    assertEquals("but wait", Peers.receive(peers.server(), 8));
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void aResetOfTheClientReachesTheServer(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::proxy);
    Peers peers = connect(net);
    Peers.send(peers.client(), "hello");
    assertEquals("hello", Peers.receive(peers.server(), 5));
    Peers.reset(peers.client());
    assertReset(peers.server());
    proxy.assertNothingLeft("CD reset");
  }

  @ParameterizedTest
  @EnumSource
  void whatTheServerSaidBeforeItsResetIsPassedOn(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::proxy);
    Peers peers = connect(net);
    Peers.send(peers.server(), "too large");
    Peers.reset(peers.server());
    assertEquals("too large", Peers.receive(peers.client(), 9));
    assertReset(peers.client());
    proxy.assertNothingLeft("UD reset");
  }

  @ParameterizedTest
  @EnumSource
  void aSlowReaderSlowsTheSenderAndGetsEverything(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::proxy);
    Peers peers = connect(net);
    peers.client().shutdownOutput();
    CompletableFuture<byte[]> sent = Bulk.send(net.server(0), peers.server(), BULK, 3);
    // The sender has filled every buffer on the way when the first byte is read.
    awaitBlocked(net, sent);
    assertArrayEquals(Bulk.receive(net.client(), peers.client()).get(), sent.get());
    proxy.assertNothingLeft("-- finished");
  }

  private static void awaitBlocked(LabNetwork net, CompletableFuture<byte[]> sending)
      throws Exception {
    String before = "";
    String now = queues(net);
    while (!now.equals(before) || now.isEmpty()) {
      before = now;
      now = queues(net);
    }
    assertFalse(sending.isDone());
  }

  private static String queues(LabNetwork net) throws Exception {
    return net.server(0).exec("ss", "-tnH");
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedUpstreamFailsTheStreamAndItsPromise(On on, LabNetwork net) throws Exception {
    CompletableFuture<OutgoingConnection> outgoing = new CompletableFuture<>();
    FlowProxy proxy =
        FlowProxy.start(
            net,
            on,
            (system, connection) ->
                proxy(system, connection)
                    .mapMaterializedValue(
                        opened ->
                            opened.whenComplete(
                                (open, failure) -> outgoing.completeExceptionally(failure))));
    assertConnectingIsReset(net, net.server(0).at(PORT));
    Throwable failure = Await.failure(outgoing);
    Throwable cause = failure instanceof ConnectionException ? failure : failure.getCause();
    assertEquals(
        "UC refused", assertInstanceOf(ConnectionException.class, cause).termination().toString());
    proxy.assertNothingLeft("UC refused");
  }

  @ParameterizedTest
  @EnumSource
  void anUpstreamThatNeverAnswersTimesOut(On on, LabNetwork net) throws Exception {
    net.server(0).exec("nft", "add table ip deaf");
    net.server(0).exec("nft", "add chain ip deaf in { type filter hook input priority 0; }");
    net.server(0).exec("nft", "add rule ip deaf in tcp dport " + PORT + " drop");
    RelaySettings impatient = AS_CLIENT.withConnectTimeout(Duration.ofMillis(200));
    FlowProxy proxy =
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
                                Upstream.of(connection.originalDestination()),
                                impatient)));
    assertConnectingIsReset(net, net.server(0).at(PORT));
    proxy.assertNothingLeft("UC timeout");
  }

  @ParameterizedTest
  @EnumSource
  void anUpstreamCanBeReachedWithoutAClient(On on, LabNetwork net) throws Exception {
    CompletableFuture<OutgoingConnection> outgoing = new CompletableFuture<>();
    FlowProxy proxy =
        FlowProxy.start(
            net,
            on,
            (system, connection) ->
                connection
                    .flow()
                    .joinMat(
                        TransparentTcp.get(system)
                            .outgoingConnection(
                                Upstream.of(connection.originalDestination()),
                                RelaySettings.create()),
                        Keep.right())
                    .mapMaterializedValue(opened -> opened.thenApply(outgoing::complete)));
    Peers peers = connect(net);
    assertEquals(net.server(0).at(PORT), Await.result(outgoing).remoteAddress());
    assertEquals(
        Peers.addressSeen(peers.server()), Await.result(outgoing).localAddress().getAddress());
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatFailsResetsTheClient(On on, LabNetwork net) throws Exception {
    FlowProxy proxy =
        FlowProxy.start(
            net,
            on,
            (system, connection) ->
                connection
                    .flow()
                    .join(
                        Flow.of(ByteString.class)
                            .map(
                                bytes -> {
                                  throw new IllegalStateException("on purpose");
                                })));
    Socket client = connectAlone(net);
    Peers.send(client, "hello");
    assertReset(client);
    proxy.assertNothingLeft("PD failed");
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerIsWholeThoughNobodyReadsTheQuestion(On on, LabNetwork net) throws Exception {
    ByteString answer = ByteString.fromString("x".repeat(300_000));
    FlowProxy proxy =
        FlowProxy.start(
            net,
            on,
            (system, connection) ->
                Source.single(answer).via(connection.flow()).to(Sink.cancelled()));
    Socket client = connectAlone(net);
    Peers.send(client, "never mind");
    client.shutdownOutput();
    assertEquals(answer.utf8String(), Peers.receiveToEnd(client));
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void aFlowRunsOnce(On on, LabNetwork net) throws Exception {
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    FlowProxy proxy =
        FlowProxy.start(
            net,
            on,
            (system, connection) -> {
              watchedEcho(connection, refused).run(system);
              return watchedEcho(connection, refused);
            });
    Socket client = connectAlone(net);
    // Which of the two came first is not known, but only one has the connection.
    assertInstanceOf(IllegalStateException.class, refused.get());
    client.close();
    proxy.assertNothingLeft("-- finished");
  }

  private static RunnableGraph<?> watchedEcho(
      Connection connection, CompletableFuture<Throwable> failure) {
    return connection
        .flow()
        .join(
            Flow.<ByteString>create()
                .watchTermination(
                    (unused, done) ->
                        done.exceptionally(
                            cause -> {
                              failure.complete(cause);
                              return Done.getInstance();
                            })));
  }

  @ParameterizedTest
  @EnumSource
  void abortingResetsTheClient(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, ConnectionFlowTest::echo);
    Socket client = connectAlone(net);
    Peers.send(client, "hello");
    assertEquals("hello", Peers.receive(client, 5));
    proxy.binding().abortConnections();
    assertReset(client);
    proxy.assertNothingLeft("PD stopped");
  }

  @ParameterizedTest
  @EnumSource(names = "LOOP")
  void theAddressOfNobodyIsRefused(On on, LabNetwork net) throws Exception {
    FlowProxy proxy =
        FlowProxy.start(
            net,
            on,
            (system, connection) -> {
              assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      TransparentTcp.get(system)
                          .outgoingConnection(
                              Upstream.of(connection.originalDestination()), AS_CLIENT));
              return echo(system, connection);
            });
    Socket client = connectAlone(net);
    Peers.send(client, "hello");
    assertEquals("hello", Peers.receive(client, 5));
    client.close();
    proxy.assertNothingLeft("-- finished");
  }
}
