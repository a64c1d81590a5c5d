package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.Resets.assertReset;
import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.javadsl.FlowProxy.On;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limited connections whose bytes go through {@link Connection#flow}. */
@Lab
@Timeout(60)
class BandwidthFlowTest {
  private static final int MIB = 1 << 20;

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static FlowProxy proxy(
      LabNetwork net, On on, Bandwidth fromClient, Bandwidth fromUpstream) throws Exception {
    return FlowProxy.start(
        net,
        on,
        (system, connection) -> {
          connection.limit(Direction.FROM_CLIENT, fromClient);
          connection.limit(Direction.FROM_UPSTREAM, fromUpstream);
          return relay(system, connection);
        });
  }

  private static RunnableGraph<?> relay(ActorSystem system, Connection connection) {
    Upstream upstream = Upstream.of(connection.originalDestination());
    RelaySettings asClient = RelaySettings.create().withSource(SourceAddress.clientIp());
    return connection
        .flow()
        .join(TransparentTcp.get(system).outgoingConnection(connection, upstream, asClient));
  }

  private static Peers connect(LabNetwork net) throws Exception {
    InetSocketAddress asked = net.server(0).at(PORT);
    return Peers.connect(net, asked, net.server(0), asked);
  }

  @ParameterizedTest
  @EnumSource
  void bothDirectionsKeepToTheirLimits(On on, LabNetwork net) throws Exception {
    Bandwidth fromClient = Bandwidth.of(4 * MIB, MIB / 2);
    Bandwidth fromUpstream = Bandwidth.of(8 * MIB, MIB);
    FlowProxy proxy = proxy(net, on, fromClient, fromUpstream);
    Peers peers = connect(net);
    long start = System.nanoTime();
    CompletableFuture<byte[]> up = Bulk.send(net.client(), peers.client(), 4 * MIB, 1);
    CompletableFuture<byte[]> down = Bulk.send(net.server(0), peers.server(), 8 * MIB, 2);
    CompletableFuture<byte[]> atServer = Bulk.receive(net.server(0), peers.server());
    CompletableFuture<Long> upTook = atServer.thenApply(hash -> System.nanoTime() - start);
    byte[] atClient = Bulk.receive(net.client(), peers.client()).get();
    Limits.assertTook(System.nanoTime() - start, 8 * MIB, fromUpstream);
    Limits.assertTook(upTook.get(), 4 * MIB, fromClient);
    assertArrayEquals(down.get(), atClient);
    assertArrayEquals(up.get(), atServer.get());
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void anEndOfStreamWaitsForTheBytesBeforeIt(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = proxy(net, on, Bandwidth.of(4096, 1024), Bandwidth.of(1024, 256));
    Peers peers = connect(net);
    Peers.send(peers.client(), "question".repeat(256));
    peers.client().shutdownOutput();
    assertEquals("question".repeat(256), Peers.receiveToEnd(peers.server()));
    Peers.send(peers.server(), "answer".repeat(128));
    peers.server().close();
    assertEquals("answer".repeat(128), Peers.receiveToEnd(peers.client()));
    proxy.assertNothingLeft("-- finished");
  }

  @ParameterizedTest
  @EnumSource
  void aResetEndsAPause(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = proxy(net, on, Bandwidth.of(1, 5), Bandwidth.of(1, 5));
    Peers peers = connect(net);
    Peers.send(peers.client(), "hello and much more");
    assertEquals("hello", Peers.receive(peers.server(), 5));
    Peers.send(peers.server(), "hello and much more");
    assertEquals("hello", Peers.receive(peers.client(), 5));
    Peers.reset(peers.server());
    assertReset(peers.client());
    proxy.assertAllClosed();
  }
}
