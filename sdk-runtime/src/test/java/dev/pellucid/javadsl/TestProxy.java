package dev.pellucid.javadsl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Flow;

/** A proxy in the lab that intercepts port 80 and keeps the summaries of its connections. */
final class TestProxy implements AutoCloseable {
  static final int PORT = 80;
  static final int LISTENER_PORT = 50080;
  private static final int LOOPS = 2;
  private static final long TIMEOUT_SECONDS = 10;

  private final ActorSystem system;
  private final List<Binding> bindings;
  private final BlockingQueue<ConnectionSummary> summaries;

  private TestProxy(
      ActorSystem system, List<Binding> bindings, BlockingQueue<ConnectionSummary> summaries) {
    this.system = system;
    this.bindings = bindings;
    this.summaries = summaries;
  }

  /** Starts a proxy that routes as it is told and shows upstreams the client's address. */
  static TestProxy start(LabNetwork net, Flow<Connection, RoutedConnection, NotUsed> routing)
      throws Exception {
    return start(net, routing, "0.0.0.0", relaySettings());
  }

  static RelaySettings relaySettings() {
    return RelaySettings.create().withSource(SourceAddress.clientIp());
  }

  static TestProxy start(
      LabNetwork net,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      String host,
      RelaySettings relay)
      throws Exception {
    return start(net, LOOPS, routing, host, relay);
  }

  static TestProxy start(
      LabNetwork net,
      int loops,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      String host,
      RelaySettings relay)
      throws Exception {
    BindSettings bind =
        BindSettings.create(host, LISTENER_PORT).withInterception(Interception.TPROXY);
    return start(net, loops, bind, routing, relay);
  }

  static TestProxy start(
      LabNetwork net,
      BindSettings bind,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      RelaySettings relay)
      throws Exception {
    return start(net, LOOPS, bind, routing, relay);
  }

  static TestProxy start(
      LabNetwork net,
      int loops,
      BindSettings bind,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      RelaySettings relay)
      throws Exception {
    return net.closeAtEnd(net.proxy().call(() -> run(loops, bind, routing, relay)));
  }

  private static TestProxy run(
      int loops,
      BindSettings bind,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      RelaySettings relay)
      throws Exception {
    ActorSystem system =
        ActorSystem.create(
            "proxy",
            ConfigFactory.parseString("pellucid.event-loops = " + loops)
                .withFallback(ConfigFactory.load()));
    BlockingQueue<ConnectionSummary> summaries = new LinkedBlockingQueue<>();
    TransparentTcp tcp = TransparentTcp.get(system);
    List<Binding> bindings =
        EventLoops.get(system)
            .runOnEach(
                tcp.bind(bind)
                    .via(routing)
                    .via(tcp.relay(relay))
                    .to(Stages.accessLog(summaries::addAll)))
            .stream()
            .map(binding -> binding.toCompletableFuture().join())
            .toList();
    return new TestProxy(system, bindings, summaries);
  }

  /** Routing to one upstream. */
  static Flow<Connection, RoutedConnection, NotUsed> to(InetSocketAddress upstream) {
    return Stages.balance(
        List.of(Upstream.of(upstream)), pool -> (connection, usable) -> Optional.of(pool.get(0)));
  }

  Binding binding() {
    return bindings.get(0);
  }

  /** How many descriptors and timers the loops hold, besides the listeners. */
  int held() throws Exception {
    int held = -bindings.size();
    for (int i = 0; i < bindings.size(); i++) {
      EventLoop loop = EventLoops.get(system).next();
      held +=
          CompletableFuture.supplyAsync(() -> loop.registered() + loop.timers(), loop)
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    return held;
  }

  /** Looks for what is left of connections; all of them have been summed up. */
  void assertNothingLeft() throws Exception {
    assertEquals(0, binding().openConnections());
    assertEquals(0, held(), "descriptors or timers are left");
  }

  /** The summary of the next connection that is over. */
  ConnectionSummary nextSummary() throws InterruptedException {
    ConnectionSummary summary = summaries.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (summary == null) {
      throw new AssertionError("no connection has ended");
    }
    return summary;
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }
}
