package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.Resets.assertConnectingIsReset;
import static dev.pellucid.javadsl.Resets.assertReset;
import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Lab
@Timeout(60)
class HandleEachTest {
  private static final int LOOPS = 2;
  private static final int CONNECTIONS = 16;

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  /** A proxy on two loops. */
  private record Proxy(
      ActorSystem system, List<Pair<CompletionStage<Binding>, CompletionStage<Done>>> running)
      implements AutoCloseable {
    Binding binding(int loop) throws Exception {
      return Await.result(running.get(loop).first());
    }

    @Override
    public void close() throws Exception {
      system.terminate();
      Await.result(system.getWhenTerminated());
    }
  }

  private static Proxy start(
      LabNetwork net,
      Flow<Connection, Connection, ?> before,
      Function<Connection, RunnableGraph<?>> handler)
      throws Exception {
    return net.closeAtEnd(net.proxy().call(() -> run(before, handler)));
  }

  private static Proxy run(
      Flow<Connection, Connection, ?> before, Function<Connection, RunnableGraph<?>> handler)
      throws Exception {
    ActorSystem system =
        ActorSystem.create(
            "proxy",
            ConfigFactory.parseString("pellucid.event-loops = " + LOOPS)
                .withFallback(ConfigFactory.load()));
    BindSettings settings =
        BindSettings.create("0.0.0.0", LISTENER_PORT).withInterception(Interception.TPROXY);
    var graph =
        TransparentTcp.get(system)
            .bind(settings)
            .via(before)
            .toMat(Stages.handleEach(handler), Keep.both());
    Proxy proxy = new Proxy(system, EventLoops.get(system).runOnEach(graph));
    for (int loop = 0; loop < LOOPS; loop++) {
      proxy.binding(loop);
    }
    return proxy;
  }

  private static RunnableGraph<?> echo(Connection connection) {
    return connection.flow().join(Flow.create());
  }

  @Test
  void eachConnectionsStreamRunsOnItsLoop(LabNetwork net) throws Exception {
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    Proxy proxy =
        start(
            net,
            Flow.create(),
            connection -> {
              String accepting = Thread.currentThread().getName();
              return connection
                  .flow()
                  .join(
                      Flow.<ByteString>create()
                          .map(
                              bytes -> {
                                threads.add(accepting + " " + Thread.currentThread().getName());
                                return bytes;
                              }));
            });
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(Peers.connect(net, net.server(0).at(PORT)));
    }
    for (Socket client : clients) {
      Peers.send(client, "hello");
      assertEquals("hello", Peers.receive(client, 5));
      client.close();
    }
    assertEquals(CONNECTIONS, threads.size());
    assertTrue(
        threads.stream().allMatch(names -> names.matches("(proxy-loop-\\d) \\1")),
        threads::toString);
    assertEquals(LOOPS, threads.stream().collect(Collectors.toSet()).size(), threads::toString);
    Await.until("a connection is still open", () -> proxy.binding(0).openConnections() == 0);
  }

  @Test
  void aHandlerThatThrowsRefusesThatConnectionAlone(LabNetwork net) throws Exception {
    CompletableFuture<Connection> first = new CompletableFuture<>();
    Proxy proxy =
        start(
            net,
            Flow.create(),
            connection -> {
              if (first.complete(connection)) {
                throw new AssertionError("not this one");
              }
              return echo(connection);
            });
    assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("PR failed", first.get().refusal().orElseThrow().toString());
    assertEchoes(Peers.connect(net, net.server(0).at(PORT)));
    Await.until("a connection is still open", () -> proxy.binding(0).openConnections() == 0);
  }

  @Test
  void aStreamThatFailsHarmsNoOther(LabNetwork net) throws Exception {
    start(
        net,
        Flow.create(),
        connection -> connection.flow().join(Flow.<ByteString>create().map(HandleEachTest::check)));
    Socket good = Peers.connect(net, net.server(0).at(PORT));
    for (int i = 0; i < CONNECTIONS; i++) {
      Socket bad = Peers.connect(net, net.server(0).at(PORT));
      Peers.send(bad, "bad");
      assertReset(bad);
    }
    assertEchoes(good);
  }

  private static ByteString check(ByteString bytes) {
    if (bytes.utf8String().startsWith("bad")) {
      throw new IllegalArgumentException("bad bytes");
    }
    return bytes;
  }

  @Test
  void aRefusedConnectionIsNotHandled(LabNetwork net) throws Exception {
    Queue<Connection> handled = new ConcurrentLinkedQueue<>();
    Proxy proxy =
        start(
            net,
            Flow.of(Connection.class).map(HandleEachTest::refused),
            connection -> {
              handled.add(connection);
              return echo(connection);
            });
    assertConnectingIsReset(net, net.server(0).at(PORT));
    unbind(proxy);
    assertEquals(List.of(), List.copyOf(handled));
  }

  @Test
  void streamsGoOnAfterUnbinding(LabNetwork net) throws Exception {
    Proxy proxy = start(net, Flow.create(), HandleEachTest::echo);
    Socket client = Peers.connect(net, net.server(0).at(PORT));
    Peers.send(client, "hello");
    assertEquals("hello", Peers.receive(client, 5));
    unbind(proxy);
    assertEchoes(client);
    Await.until("a connection is still open", () -> proxy.binding(0).openConnections() == 0);
  }

  private static Connection refused(Connection connection) {
    connection.refuse(new Termination(Party.PROXY, Phase.ROUTE, Cause.REJECTED));
    return connection;
  }

  private static void unbind(Proxy proxy) throws Exception {
    for (int loop = 0; loop < LOOPS; loop++) {
      Await.result(proxy.binding(loop).unbind());
      Await.result(proxy.running().get(loop).second());
    }
  }

  private static void assertEchoes(Socket client) throws Exception {
    Peers.send(client, "good");
    assertEquals("good", Peers.receive(client, 4));
    client.close();
  }
}
