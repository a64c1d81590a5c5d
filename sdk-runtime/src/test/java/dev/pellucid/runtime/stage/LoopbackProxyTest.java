package dev.pellucid.runtime.stage;

import static dev.pellucid.runtime.stage.LoopbackProxy.anyPort;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.BindException;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.RelaySettings;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.javadsl.TransparentTcp;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.relay.TcpConnection;
import dev.pellucid.runtime.stage.LoopbackProxy.On;
import dev.pellucid.runtime.stage.LoopbackProxy.Running;
import dev.pellucid.testkit.FakeConnection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link BindStage} and {@link RelayStage} with real sockets, on a loop and off it. */
@Timeout(60)
class LoopbackProxyTest {
  private LoopbackProxy proxy;

  @AfterEach
  void close() throws Exception {
    proxy.close();
  }

  private Running start(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    return proxy.run(anyPort(), proxy.echo());
  }

  private static void assertEchoes(Socket socket, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    socket.getOutputStream().write(bytes);
    String echo =
        new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.US_ASCII);
    assertEquals(text, echo);
  }

  private static void end(Socket socket) throws IOException {
    socket.shutdownOutput();
    assertEquals(-1, socket.getInputStream().read());
    socket.close();
  }

  private static void assertReset(Socket socket) {
    SocketException e = assertThrows(SocketException.class, () -> socket.getInputStream().read());
    assertEquals("Connection reset", e.getMessage());
  }

  /** The reset may come before the client has noticed that it is connected. */
  private void assertConnectingIsReset(Binding binding) {
    SocketException e =
        assertThrows(SocketException.class, () -> proxy.connect(binding).getInputStream().read());
    assertTrue(e.getMessage().startsWith("Connection reset"), e.getMessage());
  }

  private void assertRefuses(Binding binding) {
    assertThrows(ConnectException.class, () -> proxy.connect(binding));
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void relaysBothWays(On on) throws Exception {
    Binding binding = start(on).binding();
    assertNotEquals(0, binding.localAddress().getPort());
    Socket client = proxy.connect(binding);
    assertEchoes(client, "one");
    assertEchoes(client, "two");
    end(client);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theSummaryTellsWhatHappened(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    InetSocketAddress upstream = proxy.echo();
    Running running = proxy.run(anyPort(), upstream);
    Socket client = proxy.connect(running.binding());
    InetSocketAddress from = (InetSocketAddress) client.getLocalSocketAddress();
    assertEchoes(client, "twelve bytes");
    end(client);
    ConnectionSummary summary = running.next().orElseThrow();
    assertEquals(Optional.of(Upstream.of(upstream)), summary.upstream());
    assertEquals(12, summary.bytesFromClient());
    assertEquals(12, summary.bytesFromUpstream());
    assertEquals(Termination.COMPLETED, summary.termination());
    assertTrue(summary.connectTime().orElseThrow().compareTo(summary.totalTime()) <= 0);
    assertDescribes(summary.connection(), from, running.binding().localAddress());
  }

  private static void assertDescribes(
      Connection connection, InetSocketAddress from, InetSocketAddress to) {
    assertEquals(Transport.TCP, connection.transport());
    assertEquals(from, connection.client());
    assertEquals(to, connection.originalDestination());
    assertFalse(connection.intercepted());
    assertEquals(Optional.empty(), connection.refusal());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void manyConnectionsAreRelayedAtOnce(On on) throws Exception {
    Running running = start(on);
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      clients.add(proxy.connect(running.binding()));
    }
    for (int i = 0; i < 50; i++) {
      assertEchoes(clients.get(i), "client " + i);
    }
    assertEquals(50, running.binding().openConnections());
    for (Socket client : clients) {
      end(client);
    }
    for (int i = 0; i < 50; i++) {
      assertEquals(Termination.COMPLETED, running.next().orElseThrow().termination());
    }
    assertEquals(0, running.binding().openConnections());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void unbindCompletesTheStreamAfterTheLastConnection(On on) throws Exception {
    Running running = start(on);
    Socket client = proxy.connect(running.binding());
    assertEchoes(client, "before");
    CompletableFuture<Optional<ConnectionSummary>> next =
        running.summaries().pull().toCompletableFuture();
    assertEquals(Done.getInstance(), Await.result(running.binding().unbind()));
    assertRefuses(running.binding());
    assertEchoes(client, "after");
    assertFalse(next.isDone());
    end(client);
    assertEquals(Termination.COMPLETED, Await.result(next).orElseThrow().termination());
    assertEquals(Optional.empty(), running.next());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void unbindCompletesAnIdleStream(On on) throws Exception {
    Running running = start(on);
    Await.result(running.binding().unbind());
    assertEquals(Optional.empty(), running.next());
    assertEquals(Done.getInstance(), Await.result(running.binding().unbind()));
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theAddressIsFreeAfterUnbind(On on) throws Exception {
    Running running = start(on);
    InetSocketAddress address = running.binding().localAddress();
    end(proxy.connect(running.binding()));
    Await.result(running.binding().unbind());
    Running again = proxy.run(BindSettings.create(address), proxy.echo());
    assertEquals(address, again.binding().localAddress());
    assertEchoes(proxy.connect(again.binding()), "again");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void anotherPipelineCannotTakeTheAddress(On on) throws Exception {
    Running first = start(on);
    assertAddressInUse(first.binding().localAddress());
    assertEchoes(proxy.connect(first.binding()), "unharmed");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theAddressOfAnotherProgramCannotBeTaken(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    ServerSocket other = proxy.closeAtEnd(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    assertAddressInUse((InetSocketAddress) other.getLocalSocketAddress());
  }

  private void assertAddressInUse(InetSocketAddress address) throws Exception {
    Running second = proxy.run(BindSettings.create(address), address);
    BindException e = assertInstanceOf(BindException.class, Await.failure(second.opening()));
    String expected = "cannot listen on 127.0.0.1:" + address.getPort() + ": ";
    assertTrue(e.getMessage().startsWith(expected), e.getMessage());
    assertTrue(e.getMessage().contains("EADDRINUSE"), e.getMessage());
    assertTrue(e.getMessage().contains("'ss -lntup'"), e.getMessage());
    assertSame(e.getCause(), Await.failure(second.summaries().pull()));
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void anAddressOfAnotherHostCannotBeTaken(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    BindSettings settings = BindSettings.create("192.0.2.7", 0);
    Running running = proxy.run(settings, proxy.nobody());
    Throwable e = Await.failure(running.opening());
    assertInstanceOf(BindException.class, e);
    assertTrue(e.getMessage().startsWith("cannot listen on 192.0.2.7:0: "), e.getMessage());
    assertTrue(e.getMessage().contains("EADDRNOTAVAIL"), e.getMessage());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theLimitKeepsTheNextConnectionInTheBacklog(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    Running running = proxy.run(anyPort().withMaxConnections(2), proxy.echo());
    Binding binding = running.binding();
    Socket first = established(binding);
    Socket second = established(binding);
    Socket third = proxy.connect(binding);
    assertEchoes(first, "the loop has seen the third one by now");
    assertEchoes(second, "and once more");
    assertEquals(2, binding.accepted());
    assertEquals(2, binding.openConnections());
    end(first);
    assertEchoes(third, "there is room");
    assertEquals(3, binding.accepted());
    assertEquals(2, binding.openConnections());
  }

  private Socket established(Binding binding) throws IOException {
    Socket socket = proxy.connect(binding);
    assertEchoes(socket, "established");
    return socket;
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aRaisedLimitLetsThemIn(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    Running running = proxy.run(anyPort().withMaxConnections(1), proxy.echo());
    Binding binding = running.binding();
    Socket first = established(binding);
    Socket second = proxy.connect(binding);
    Socket third = proxy.connect(binding);
    assertEchoes(first, "the loop has seen the others by now");
    assertEquals(1, binding.accepted());
    binding.setMaxConnections(3);
    assertEchoes(second, "second");
    assertEchoes(third, "third");
    assertEquals(3, binding.openConnections());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aLoweredLimitLeavesThoseThatAreOpen(On on) throws Exception {
    Running running = start(on);
    Binding binding = running.binding();
    Socket first = established(binding);
    Socket second = established(binding);
    binding.setMaxConnections(1);
    Socket third = proxy.connect(binding);
    end(first);
    running.next();
    assertEchoes(second, "still open");
    assertEquals(2, binding.accepted());
    end(second);
    assertEchoes(third, "there is room");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void countsWhatItAcceptsAndHowItEnds(On on) throws Exception {
    Running running = start(on);
    Binding binding = running.binding();
    assertEquals(0, binding.accepted());
    assertEquals(Map.of(), binding.terminations());
    for (int i = 0; i < 2; i++) {
      end(established(binding));
      running.next();
    }
    assertEquals(2, binding.accepted());
    assertEquals(0, binding.openConnections());
    assertEquals(Map.of("-- finished", 2L), binding.terminations());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void anUpstreamThatRefusesResetsTheClient(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    InetSocketAddress nobody = proxy.nobody();
    Running running = proxy.run(anyPort(), nobody);
    assertConnectingIsReset(running.binding());
    ConnectionSummary summary = running.next().orElseThrow();
    assertEquals("UC refused", summary.termination().toString());
    assertEquals(Optional.of(Upstream.of(nobody)), summary.upstream());
    assertEquals(Optional.empty(), summary.connectTime());
    assertEquals(Map.of("UC refused", 1L), running.binding().terminations());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aRejectedClientIsResetAndSummarized(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    Running running =
        proxy.run(anyPort(), Stages.filter(connection -> Verdict.reject()), proxy.nobody());
    assertConnectingIsReset(running.binding());
    ConnectionSummary summary = running.next().orElseThrow();
    assertEquals("PR rejected", summary.termination().toString());
    assertEquals(Optional.empty(), summary.upstream());
    Await.until("a place is missing", () -> running.binding().openConnections() == 0);
    assertEquals(Map.of("PR rejected", 1L), running.binding().terminations());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void cancellationResetsWhatIsRunning(On on) throws Exception {
    Running running = start(on);
    Binding binding = running.binding();
    Socket first = established(binding);
    Socket second = established(binding);
    running.killSwitch().shutdown();
    assertReset(first);
    assertReset(second);
    Await.until("connections are open", () -> binding.openConnections() == 0);
    assertEquals(Map.of("PD stopped", 2L), binding.terminations());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void cancellationFreesTheAddress(On on) throws Exception {
    Running running = start(on);
    InetSocketAddress address = running.binding().localAddress();
    running.killSwitch().shutdown();
    Await.result(running.binding().unbind());
    assertRefuses(running.binding());
    Running again = proxy.run(BindSettings.create(address), proxy.echo());
    assertEchoes(proxy.connect(again.binding()), "again");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aConnectionOfAnotherKindIsRefused(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    FakeConnection fake = FakeConnection.create();
    List<ConnectionSummary> summaries =
        Await.result(
            Source.single(RoutedConnection.to(Upstream.of(proxy.nobody()), fake))
                .via(TransparentTcp.get(proxy.system).relay(RelaySettings.create()))
                .addAttributes(proxy.dispatcher())
                .runWith(Sink.seq(), proxy.system));
    Termination failed = new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);
    assertEquals(1, summaries.size());
    assertEquals(failed, summaries.get(0).termination());
    assertEquals(Optional.of(failed), fake.refusal());
  }

  @ParameterizedTest
  @EnumSource(names = "LOOP")
  void aListenerIsOnTheLoopThatItsStageRunsOn(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    CompletableFuture<EventLoop> stages = new CompletableFuture<>();
    CompletableFuture<EventLoop> sockets = new CompletableFuture<>();
    Flow<Connection, Connection, NotUsed> look =
        Flow.fromFunction(
            connection -> {
              stages.complete(EventLoop.current());
              sockets.complete(((TcpConnection) connection).loop());
              return connection;
            });
    Running running = proxy.run(anyPort(), look, proxy.echo());
    established(running.binding());
    assertSame(Await.result(stages), Await.result(sockets));
  }
}
