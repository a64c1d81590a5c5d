package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.Resets.assertConnectingIsReset;
import static dev.pellucid.javadsl.Resets.assertReset;
import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.FlowProxy.On;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Lab
@Timeout(60)
class PeekTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final BlockingQueue<String> peeked = new LinkedBlockingQueue<>();

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  /** Lets those pass who say GET. */
  private TestProxy proxy(LabNetwork net, int bytes, Duration limit) throws Exception {
    return TestProxy.start(
        net,
        Stages.filter(connection -> Verdict.later(verdict(connection, bytes, limit)))
            .via(Stages.toOriginalDestination()));
  }

  private CompletionStage<Verdict> verdict(Connection connection, int bytes, Duration limit) {
    return connection
        .peek(bytes, limit)
        .thenApply(
            seen -> {
              peeked.add(seen.utf8String());
              return seen.utf8String().startsWith("GET") ? Verdict.accept() : Verdict.reject();
            });
  }

  private String nextPeeked() throws InterruptedException {
    return String.valueOf(peeked.poll(10, TimeUnit.SECONDS));
  }

  private static ServerSocket listen(LabNetwork net) throws Exception {
    return Peers.listen(net, net.server(0), net.server(0).at(PORT));
  }

  private static Socket connect(LabNetwork net) throws Exception {
    return Peers.connect(net, net.server(0).at(PORT));
  }

  private static Socket accept(LabNetwork net, ServerSocket listener) throws Exception {
    return net.closeAtEnd(net.server(0).submit(listener::accept).get(10, TimeUnit.SECONDS));
  }

  @Test
  void whoIsAcceptedArrivesWhole(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, 3, LONG);
    ServerSocket listener = listen(net);
    Socket client = connect(net);
    Peers.send(client, "G");
    Peers.send(client, "ET /");
    Socket server = accept(net, listener);
    assertEquals("GET", nextPeeked());
    assertEquals("GET /", Peers.receive(server, 5));
    Peers.send(client, " and more");
    assertEquals(" and more", Peers.receive(server, 9));
    Peers.send(server, "answer");
    server.close();
    assertEquals("answer", Peers.receiveToEnd(client));
    client.close();
    assertEquals(14, proxy.nextSummary().bytesFromClient());
    proxy.assertNothingLeft();
  }

  @Test
  void everythingThatHasArrivedCanBeSeen(LabNetwork net) throws Exception {
    CompletableFuture<String> whole = new CompletableFuture<>();
    TestProxy.start(
        net,
        Stages.filter(
                connection ->
                    Verdict.later(
                        connection
                            .peek(3, 100, LONG)
                            .thenApply(
                                seen -> {
                                  whole.complete(seen.utf8String());
                                  return Verdict.accept();
                                })))
            .via(Stages.toOriginalDestination()));
    ServerSocket listener = listen(net);
    Socket client = connect(net);
    Peers.send(client, "GE");
    Peers.send(client, "T / HTTP/1.1");
    assertEquals("GET / HTTP/1.1", Await.result(whole));
    assertEquals("GET / HTTP/1.1", Peers.receive(accept(net, listener), 14));
  }

  @Test
  void whoIsRejectedIsReset(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, 3, LONG);
    Socket client = connect(net);
    Peers.send(client, "PUT /");
    assertReset(client);
    assertEquals("PUT", nextPeeked());
    assertEquals("PR rejected", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void bytesAndEndThatCameBeforeThePeekEndedAreRelayed(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, 16384, LONG);
    ServerSocket listener = listen(net);
    Socket client = connect(net);
    Peers.send(client, "GET / and");
    Peers.send(client, " nothing else");
    client.shutdownOutput();
    assertEquals("GET / and nothing else", nextPeeked());
    Socket server = accept(net, listener);
    assertEquals("GET / and nothing else", Peers.receiveToEnd(server));
    Peers.send(server, "answer");
    server.close();
    assertEquals("answer", Peers.receiveToEnd(client));
    assertEquals(Termination.COMPLETED, proxy.nextSummary().termination());
    proxy.assertNothingLeft();
  }

  @Test
  void thePeekEndsWithItsLimit(LabNetwork net) throws Exception {
    TestProxy proxy =
        TestProxy.start(
            net,
            Stages.filter(
                    // The limit does not run before the bytes are there.
                    connection ->
                        Verdict.later(
                            connection
                                .peek(3, LONG)
                                .thenCompose(seen -> verdict(connection, 100, SHORT))))
                .via(Stages.toOriginalDestination()));
    ServerSocket listener = listen(net);
    Socket client = connect(net);
    Peers.send(client, "GET");
    Socket server = accept(net, listener);
    assertEquals("GET", nextPeeked());
    assertEquals("GET", Peers.receive(server, 3));
    client.close();
    assertEquals("", Peers.receiveToEnd(server));
    server.close();
    assertEquals(Termination.COMPLETED, proxy.nextSummary().termination());
    proxy.assertNothingLeft();
  }

  @Test
  void aSilentClientIsSeenAsEmpty(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, 100, SHORT);
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("", nextPeeked());
    assertEquals("PR rejected", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void aClientThatResetsDuringThePeekIsTold(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, 100, LONG);
    Peers.reset(connect(net));
    assertEquals("", nextPeeked());
    assertEquals("PR rejected", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void aClientThatResetsAfterItsPeekHarmsNobody(LabNetwork net) throws Exception {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    CompletableFuture<ByteString> gone = new CompletableFuture<>();
    TestProxy proxy =
        TestProxy.start(
            net,
            Stages.filter(
                    connection -> {
                      connection.peek(100, LONG).thenAccept(seen -> gone.complete(seen));
                      return Verdict.later(verdict);
                    })
                .via(Stages.toOriginalDestination()));
    listen(net);
    Peers.reset(connect(net));
    Await.result(gone);
    verdict.complete(Verdict.accept());
    Termination termination = proxy.nextSummary().termination();
    assertEquals(Termination.Party.CLIENT, termination.party());
    assertEquals(Termination.Cause.RESET, termination.cause());
    proxy.assertNothingLeft();
  }

  @Test
  void aRefusalEndsThePeek(LabNetwork net) throws Exception {
    CompletableFuture<CompletionStage<ByteString>> peek = new CompletableFuture<>();
    TestProxy proxy =
        TestProxy.start(
            net,
            Stages.filter(
                    connection -> {
                      peek.complete(connection.peek(100, LONG));
                      return Verdict.reject();
                    })
                .via(Stages.toOriginalDestination()));
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertInstanceOf(IllegalStateException.class, Await.failure(Await.result(peek)));
    assertEquals("PR rejected", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource
  void aFlowFindsWhatWasPeekedAt(On on, LabNetwork net) throws Exception {
    FlowProxy proxy =
        FlowProxy.start(
            net,
            on,
            (system, connection) ->
                Source.completionStage(connection.peek(100, LONG))
                    .map(
                        seen ->
                            connection
                                .flow()
                                .join(Flow.create())
                                .addAttributes(on.attributes(system))
                                .run(system))
                    .toMat(Sink.ignore(), Keep.right()));
    Socket client = connect(net);
    Peers.send(client, "hello");
    client.shutdownOutput();
    assertEquals("hello", Peers.receiveToEnd(client));
    proxy.assertNothingLeft("-- finished");
  }

  @Test
  void moreThanFitsIsRefused(LabNetwork net) throws Exception {
    CompletableFuture<Connection> accepted = new CompletableFuture<>();
    FlowProxy proxy =
        FlowProxy.start(
            net,
            On.LOOP,
            (system, connection) -> {
              accepted.complete(connection);
              return connection.flow().join(Flow.create());
            });
    Socket client = connect(net);
    Connection connection = Await.result(accepted);
    assertThrows(IllegalArgumentException.class, () -> connection.peek(0, LONG));
    assertThrows(IllegalArgumentException.class, () -> connection.peek(16385, LONG));
    assertThrows(IllegalArgumentException.class, () -> connection.peek(2, 1, LONG));
    assertThrows(IllegalArgumentException.class, () -> connection.peek(1, Duration.ZERO));
    client.close();
    proxy.assertNothingLeft("-- finished");
  }
}
