package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.Resets.assertConnectingIsReset;
import static dev.pellucid.javadsl.Resets.assertReset;
import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Lab
@Timeout(60)
class TcpRelayTest {
  private static final int BULK = 64 << 20;

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static Peers connect(LabNetwork net) throws Exception {
    InetSocketAddress asked = net.server(0).at(PORT);
    return Peers.connect(net, asked, net.server(0), asked);
  }

  private static TestProxy proxy(LabNetwork net) throws Exception {
    return TestProxy.start(net, Stages.toOriginalDestination());
  }

  @Test
  void bulkInBothDirectionsArrivesUnchanged(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net);
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
  }

  @Test
  void theServerMayGoOnAfterTheClientHasEnded(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net);
    Peers peers = connect(net);
    Peers.send(peers.client(), "last words");
    peers.client().shutdownOutput();
    assertEquals("last words", Peers.receiveToEnd(peers.server()));
    Peers.send(peers.server(), "noted");
    assertEquals("noted", Peers.receive(peers.client(), 5));
    peers.server().close();
    assertEquals("", Peers.receiveToEnd(peers.client()));
    assertEquals(Termination.COMPLETED, proxy.nextSummary().termination());
  }

  @Test
  void theClientMayGoOnAfterTheServerHasEnded(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net);
    Peers peers = connect(net);
    Peers.send(peers.server(), "bye");
    peers.server().shutdownOutput();
    assertEquals("bye", Peers.receiveToEnd(peers.client()));
    Peers.send(peers.client(), "but wait");
    assertEquals("but wait", Peers.receive(peers.server(), 8));
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    assertEquals(Termination.COMPLETED, proxy.nextSummary().termination());
  }

  @Test
  void aResetOfTheClientReachesTheServer(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net);
    Peers peers = connect(net);
    Peers.send(peers.client(), "hello");
    assertEquals("hello", Peers.receive(peers.server(), 5));
    Peers.reset(peers.client());
    assertReset(peers.server());
    assertEquals("CD reset", proxy.nextSummary().termination().toString());
  }

  @Test
  void noUpstreamHearsOfAClientThatIsGoneAlready(LabNetwork net) throws Exception {
    CompletableFuture<Connection> first = new CompletableFuture<>();
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    TestProxy proxy =
        TestProxy.start(
            net,
            Stages.filter(
                    connection ->
                        first.complete(connection) ? Verdict.later(verdict) : Verdict.accept())
                .via(Stages.toOriginalDestination()));
    ServerSocket listener = Peers.listen(net, net.server(0), net.server(0).at(PORT));
    Socket gone = Peers.connect(net, net.server(0).at(PORT));
    first.get();
    Peers.reset(gone);
    Await.until(
        "the reset has not arrived",
        () -> net.proxy().exec("ss", "-tnH", "state", "established").isBlank());
    verdict.complete(Verdict.accept());
    assertEquals("CC reset", proxy.nextSummary().termination().toString());
    Socket next = Peers.connect(net, net.server(0).at(PORT));
    Peers.send(next, "next");
    assertEquals("next", Peers.receive(net.closeAtEnd(listener.accept()), 4));
  }

  @Test
  void aResetOfTheServerReachesTheClient(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net);
    Peers peers = connect(net);
    Peers.send(peers.server(), "hello");
    assertEquals("hello", Peers.receive(peers.client(), 5));
    Peers.reset(peers.server());
    assertReset(peers.client());
    assertEquals("UD reset", proxy.nextSummary().termination().toString());
  }

  @Test
  void whatTheServerSaidBeforeItsResetIsPassedOn(LabNetwork net) throws Exception {
    proxy(net);
    Peers peers = connect(net);
    Peers.send(peers.server(), "too large");
    Peers.reset(peers.server());
    assertEquals("too large", Peers.receive(peers.client(), 9));
    assertReset(peers.client());
  }

  @Test
  void aRefusedUpstreamResetsTheClientAtOnce(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net);
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("UC refused", proxy.nextSummary().termination().toString());
  }

  @Test
  void anUpstreamThatNeverAnswersTimesOut(LabNetwork net) throws Exception {
    Silence.on(net.server(0), PORT);
    RelaySettings impatient = TestProxy.relaySettings().withConnectTimeout(Duration.ofMillis(200));
    TestProxy proxy = TestProxy.start(net, Stages.toOriginalDestination(), "0.0.0.0", impatient);
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("UC timeout", proxy.nextSummary().termination().toString());
  }

  @Test
  void anIdleConnectionIsReset(LabNetwork net) throws Exception {
    RelaySettings impatient = TestProxy.relaySettings().withIdleTimeout(Duration.ofSeconds(1));
    TestProxy proxy = TestProxy.start(net, Stages.toOriginalDestination(), "0.0.0.0", impatient);
    Peers peers = connect(net);
    assertReset(peers.client());
    assertReset(peers.server());
    assertEquals("PI timeout", proxy.nextSummary().termination().toString());
  }

  @Test
  void aHalfClosedConnectionDoesNotStayForEver(LabNetwork net) throws Exception {
    RelaySettings impatient =
        TestProxy.relaySettings().withHalfClosedTimeout(Duration.ofMillis(200));
    TestProxy proxy = TestProxy.start(net, Stages.toOriginalDestination(), "0.0.0.0", impatient);
    Peers peers = connect(net);
    peers.client().shutdownOutput();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    assertReset(peers.client());
    assertEquals("PH timeout", proxy.nextSummary().termination().toString());
  }

  @Test
  void aRejectedClientIsResetAndLogged(LabNetwork net) throws Exception {
    TestProxy proxy =
        TestProxy.start(
            net, Stages.filter(connection -> Verdict.reject()).via(Stages.toOriginalDestination()));
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("PR rejected", proxy.nextSummary().termination().toString());
  }

  @Test
  void aClientThatIsGoneBeforeItIsRelayedHarmsNobody(LabNetwork net) throws Exception {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    TestProxy proxy =
        TestProxy.start(
            net,
            Stages.filter(connection -> Verdict.later(verdict))
                .via(Stages.toOriginalDestination()));
    Peers.listen(net, net.server(0), net.server(0).at(PORT));
    Peers.reset(Peers.connect(net, net.server(0).at(PORT)));
    verdict.complete(Verdict.accept());
    Termination termination = proxy.nextSummary().termination();
    assertEquals(Termination.Party.CLIENT, termination.party());
    assertEquals(Termination.Cause.RESET, termination.cause());
  }

  @Test
  void aServerThatResetsAtOnceStillGetsItsWordIn(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net);
    ServerSocket listener = Peers.listen(net, net.server(0), net.server(0).at(PORT));
    CountDownLatch connected = new CountDownLatch(1);
    CompletableFuture<Void> server =
        net.server(0)
            .submit(
                () -> {
                  Socket accepted = listener.accept();
                  // A reset that comes sooner fails the client's connect, which has nothing to
                  // read.
                  connected.await();
                  Peers.send(accepted, "go away");
                  Peers.reset(accepted);
                  return null;
                });
    Socket client = Peers.connect(net, net.server(0).at(PORT));
    connected.countDown();
    server.get();
    assertEquals("go away", Peers.receive(client, 7));
    assertReset(client);
    assertEquals("UD reset", proxy.nextSummary().termination().toString());
  }

  @Test
  void aSlowReaderGetsEverything(LabNetwork net) throws Exception {
    proxy(net);
    Peers peers = connect(net);
    CompletableFuture<byte[]> sent = Bulk.send(net.server(0), peers.server(), BULK, 3);
    // The sender has filled every buffer on the way when the first byte is read.
    awaitBlocked(net, sent);
    byte[] received = Bulk.receive(net.client(), peers.client()).get();
    assertArrayEquals(sent.get(), received);
  }

  private static void awaitBlocked(LabNetwork net, CompletableFuture<byte[]> sending)
      throws IOException, InterruptedException {
    String before = "";
    String now = queues(net);
    while (!now.equals(before) || now.isEmpty()) {
      before = now;
      now = queues(net);
    }
    assertFalse(sending.isDone());
  }

  /** What the kernel has queued on the server, byte counts that stop changing when all is full. */
  private static String queues(LabNetwork net) throws IOException, InterruptedException {
    return net.server(0).exec("ss", "-tnH", "state", "established");
  }
}
