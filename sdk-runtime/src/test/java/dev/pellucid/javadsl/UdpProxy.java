package dev.pellucid.javadsl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Flow;

/** A UDP proxy in the lab, on one loop or more, that keeps the summaries of its sessions. */
record UdpProxy(
    ActorSystem system, List<Binding> bindings, BlockingQueue<ConnectionSummary> summaries)
    implements AutoCloseable {
  static final int PORT = 5353;
  static final int LISTENER_PORT = 50053;
  private static final long TIMEOUT_SECONDS = 10;

  static UdpProxy start(
      LabNetwork net,
      BindSettings settings,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      UdpRelaySettings relay)
      throws Exception {
    return start(net, 1, settings, routing, relay);
  }

  static UdpProxy start(
      LabNetwork net,
      int loops,
      BindSettings settings,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      UdpRelaySettings relay)
      throws Exception {
    return net.closeAtEnd(net.proxy().call(() -> run(loops, settings, routing, relay)));
  }

  private static UdpProxy run(
      int loops,
      BindSettings settings,
      Flow<Connection, RoutedConnection, NotUsed> routing,
      UdpRelaySettings relay)
      throws Exception {
    ActorSystem system =
        ActorSystem.create(
            "udp-proxy",
            ConfigFactory.parseString("pellucid.event-loops = " + loops)
                .withFallback(ConfigFactory.load()));
    BlockingQueue<ConnectionSummary> summaries = new LinkedBlockingQueue<>();
    TransparentUdp udp = TransparentUdp.get(system);
    List<Binding> bindings =
        EventLoops.get(system)
            .runOnEach(
                udp.bind(settings)
                    .via(routing)
                    .via(udp.relay(relay))
                    .to(Stages.accessLog(summaries::addAll)))
            .stream()
            .map(binding -> binding.toCompletableFuture().join())
            .toList();
    return new UdpProxy(system, bindings, summaries);
  }

  Binding binding() {
    return bindings.get(0);
  }

  /** An ordinary listener at the proxy's own address. */
  static BindSettings atProxy(LabNetwork net) {
    return BindSettings.create(net.proxy().at(PORT));
  }

  static BindSettings intercepting(String host) {
    return BindSettings.create(host, LISTENER_PORT).withInterception(Interception.TPROXY);
  }

  /** Waits for what this thread has asked a single loop to do. */
  void awaitTasks() throws Exception {
    CompletableFuture.runAsync(() -> {}, EventLoops.get(system).next())
        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  /** The summary of the next session that is over. */
  ConnectionSummary nextSummary() throws InterruptedException {
    ConnectionSummary summary = summaries.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (summary == null) {
      throw new AssertionError("no session has ended");
    }
    return summary;
  }

  String nextEnd() throws InterruptedException {
    return nextSummary().termination().toString();
  }

  /** Looks for what is left of sessions; all of them have been summed up. */
  void assertNothingLeft() throws Exception {
    assertEquals(0, binding().openConnections());
    EventLoop loop = EventLoops.get(system).next();
    // Sockets to upstreams are kept for a moment.
    Await.until(
        "only the listener is registered",
        () -> CompletableFuture.supplyAsync(loop::registered, loop).get() == 1);
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }
}
