package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.Resets.assertReset;
import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Direction;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Termination;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limited TCP connections, relayed by the kernel and through byte filters. */
@Lab
@Timeout(60)
class BandwidthLimitTest {
  private static final int MIB = 1 << 20;
  private static final ByteFilter NOTHING = connection -> BidiFlow.identity();

  /** How bytes are relayed. */
  enum Way {
    KERNEL,
    BYTE_FILTER;

    RelaySettings settings() {
      RelaySettings settings = TestProxy.relaySettings();
      return this == KERNEL ? settings : settings.withByteFilter(NOTHING);
    }
  }

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static TestProxy proxy(
      LabNetwork net, RelaySettings settings, Bandwidth fromClient, Bandwidth fromUpstream)
      throws Exception {
    return TestProxy.start(net, Limits.shared(fromClient, fromUpstream), "0.0.0.0", settings);
  }

  private static Peers connect(LabNetwork net) throws Exception {
    InetSocketAddress asked = net.server(0).at(PORT);
    return Peers.connect(net, asked, net.server(0), asked);
  }

  private static Bandwidth unlimited() {
    return Bandwidth.of(Bandwidth.MAX_RATE);
  }

  @ParameterizedTest
  @EnumSource
  void bothDirectionsKeepToTheirLimits(Way way, LabNetwork net) throws Exception {
    Bandwidth fromClient = Bandwidth.of(4 * MIB, MIB / 2);
    Bandwidth fromUpstream = Bandwidth.of(8 * MIB, MIB);
    TestProxy proxy = proxy(net, way.settings(), fromClient, fromUpstream);
    Peers peers = connect(net);
    long start = System.nanoTime();
    CompletableFuture<byte[]> up = Bulk.send(net.client(), peers.client(), 4 * MIB, 1);
    CompletableFuture<byte[]> down = Bulk.send(net.server(0), peers.server(), 8 * MIB, 2);
    CompletableFuture<byte[]> atServer = Bulk.receive(net.server(0), peers.server());
    CompletableFuture<Long> upTook = atServer.thenApply(hash -> System.nanoTime() - start);
    byte[] atClient = Bulk.receive(net.client(), peers.client()).get();
    Limits.assertTook(System.nanoTime() - start, 8 * MIB, fromUpstream);
    assertArrayEquals(down.get(), atClient);
    assertArrayEquals(up.get(), atServer.get());
    Limits.assertTook(upTook.get(), 4 * MIB, fromClient);
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(4 * MIB, summary.bytesFromClient());
    assertEquals(8 * MIB, summary.bytesFromUpstream());
    assertEquals(Termination.COMPLETED, summary.termination());
    proxy.assertNothingLeft();
  }

  @Test
  void bulkIsSplicedThoughEachPieceIsSmall(LabNetwork net) throws Exception {
    // Earns 10 KiB between two looks at the timers, less than what counts as bulk otherwise.
    TestProxy proxy = proxy(net, Way.KERNEL.settings(), unlimited(), Bandwidth.of(MIB, MIB / 8));
    assertEquals(0, SplicePipes.open());
    Peers peers = connect(net);
    CompletableFuture<byte[]> sent = Bulk.send(net.server(0), peers.server(), MIB / 2, 1);
    assertArrayEquals(Bulk.receive(net.client(), peers.client()).get(), sent.get());
    assertEquals(2, SplicePipes.open(), "one pipe, kept for the next");
    peers.client().close();
    proxy.nextSummary();
    proxy.assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource
  void connectionsShareALimitFairly(Way way, LabNetwork net) throws Exception {
    Bandwidth shared = Bandwidth.of(8 * MIB, MIB / 2);
    proxy(net, way.settings(), unlimited(), shared);
    ServerSocket listener = Peers.listen(net, net.server(0), net.server(0).at(PORT));
    Peers one = connect(net, listener);
    Peers other = connect(net, listener);
    long start = System.nanoTime();
    CompletableFuture<Long> first = timedDownload(net, one, 4 * MIB);
    CompletableFuture<Long> second = timedDownload(net, other, 4 * MIB);
    long sooner = Math.min(first.get(), second.get()) - start;
    long later = Math.max(first.get(), second.get()) - start;
    Limits.assertTook(later, 8 * MIB, shared);
    assertTrue(sooner > later / 2, "one had to wait for the other: " + sooner + " of " + later);
  }

  private static Peers connect(LabNetwork net, ServerSocket listener) throws Exception {
    Socket client = Peers.connect(net, net.server(0).at(PORT));
    return new Peers(client, net.closeAtEnd(listener.accept()));
  }

  /** Gives the time at which all has arrived. */
  private static CompletableFuture<Long> timedDownload(LabNetwork net, Peers peers, int size) {
    CompletableFuture<byte[]> sent = Bulk.send(net.server(0), peers.server(), size, 1);
    return Bulk.receive(net.client(), peers.client())
        .thenCombine(
            sent,
            (there, here) -> {
              assertArrayEquals(here, there);
              return System.nanoTime();
            });
  }

  @Test
  void theTightestOfSeveralLimitsCounts(LabNetwork net) throws Exception {
    Bandwidth tight = Bandwidth.of(4 * MIB, MIB / 4);
    Bandwidth wide = Bandwidth.of(64 * MIB, 64 * MIB);
    TestProxy.start(
        net,
        Limits.after(
            connection -> {
              connection.limit(Direction.FROM_CLIENT, wide);
              connection.limit(Direction.FROM_CLIENT, tight);
              connection.limit(Direction.FROM_CLIENT, unlimited());
            }));
    Peers peers = connect(net);
    long start = System.nanoTime();
    CompletableFuture<byte[]> sent = Bulk.send(net.client(), peers.client(), 2 * MIB, 1);
    assertArrayEquals(Bulk.receive(net.server(0), peers.server()).get(), sent.get());
    Limits.assertTook(System.nanoTime() - start, 2 * MIB, tight);
    // What was not to be had at once in one place was not taken in the others.
    assertEquals(wide.burst(), wide.take(Long.MAX_VALUE, System.nanoTime() + 1_000_000_000));
  }

  @ParameterizedTest
  @EnumSource
  void aSlowConnectionIsNotIdle(Way way, LabNetwork net) throws Exception {
    // Each byte after the burst is a second's pause.
    Bandwidth slow = Bandwidth.of(1, 8);
    RelaySettings impatient = way.settings().withIdleTimeout(Duration.ofMillis(500));
    TestProxy proxy = proxy(net, impatient, slow, unlimited());
    Peers peers = connect(net);
    long start = System.nanoTime();
    Peers.send(peers.client(), "eleven byte");
    assertEquals("eleven byte", Peers.receive(peers.server(), 11));
    Limits.assertTook(System.nanoTime() - start, 11, slow);
    assertReset(peers.client());
    assertEquals("PI timeout", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource
  void anEndOfStreamWaitsForTheBytesBeforeIt(Way way, LabNetwork net) throws Exception {
    RelaySettings impatient = way.settings().withHalfClosedTimeout(Duration.ofMillis(500));
    TestProxy proxy = proxy(net, impatient, Bandwidth.of(4096, 1024), Bandwidth.of(1, 766));
    Peers peers = connect(net);
    Peers.send(peers.client(), "question".repeat(256));
    // At once: from the end of the one stream on, the other has half a second.
    Peers.send(peers.server(), "answer".repeat(128));
    peers.server().shutdownOutput();
    peers.client().shutdownOutput();
    assertEquals("question".repeat(256), Peers.receiveToEnd(peers.server()));
    assertEquals("answer".repeat(128), Peers.receiveToEnd(peers.client()));
    assertEquals(Termination.COMPLETED, proxy.nextSummary().termination());
    proxy.assertNothingLeft();
  }

  @Test
  void aResetDoesNotWait(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, Way.KERNEL.settings(), Bandwidth.of(1, 5), unlimited());
    Peers peers = connect(net);
    Peers.send(peers.client(), "hello and much more");
    assertEquals("hello", Peers.receive(peers.server(), 5));
    Peers.reset(peers.client());
    assertReset(peers.server());
    assertEquals("CD reset", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource
  void aResetOfTheOtherSideDoesNotWait(Way way, LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, way.settings(), Bandwidth.of(1, 5), unlimited());
    Peers peers = connect(net);
    Peers.send(peers.client(), "hello and much more");
    assertEquals("hello", Peers.receive(peers.server(), 5));
    Peers.reset(peers.server());
    assertReset(peers.client());
    assertEquals("UD reset", proxy.nextSummary().termination().toString());
    proxy.assertNothingLeft();
  }

  @Test
  void theSenderIsSlowedDown(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, Way.KERNEL.settings(), Bandwidth.of(1, 1), unlimited());
    Peers peers = connect(net);
    CompletableFuture<byte[]> sending = Bulk.send(net.client(), peers.client(), 64 * MIB, 1);
    // The sender's buffer is the last to fill up.
    String before = "";
    for (String now = queue(net); !now.equals(before) || now.isBlank(); now = queue(net)) {
      before = now;
    }
    assertFalse(sending.isDone());
    peers.server().close();
    assertThrows(Exception.class, sending::get);
    proxy.nextSummary();
    proxy.assertNothingLeft();
  }

  /** What the client's kernel has not sent. */
  private static String queue(LabNetwork net) throws IOException, InterruptedException {
    return net.client().exec("ss", "-tnH", "state", "established");
  }

  @Test
  void theHeaderOfTheProxyIsNotCounted(LabNetwork net) throws Exception {
    RelaySettings withHeader = Way.KERNEL.settings().withProxyProtocol(ProxyProtocol.V1);
    proxy(net, withHeader, Bandwidth.of(1, 1), unlimited());
    Peers peers = connect(net);
    Peers.send(peers.client(), "ab");
    String header =
        "PROXY TCP4 10.1.0.2 10.2.0.2 " + peers.client().getLocalPort() + " " + PORT + "\r\n";
    assertEquals(header + "a", Peers.receive(peers.server(), header.length() + 1));
  }

  @Test
  void urgentDataComesThrough(LabNetwork net) throws Exception {
    proxy(net, Way.KERNEL.settings(), Bandwidth.of(64, 16), unlimited());
    Peers peers = connect(net);
    Peers.send(peers.client(), "before".repeat(4));
    peers.client().sendUrgentData('!');
    Peers.send(peers.client(), "after");
    peers.client().shutdownOutput();
    // As without a limit, the urgent byte itself is not in the stream.
    assertEquals("before".repeat(4) + "after", Peers.receiveToEnd(peers.server()));
  }

  @Test
  void aConnectionThatIsRelayedIsLimitedNoMore(LabNetwork net) throws Exception {
    CompletableFuture<Connection> accepted = new CompletableFuture<>();
    TestProxy.start(net, Limits.after(accepted::complete));
    connect(net);
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class,
            () -> accepted.get().limit(Direction.FROM_CLIENT, unlimited()));
    assertTrue(refused.getMessage().contains("limit it in a filter"), refused.getMessage());
  }
}
