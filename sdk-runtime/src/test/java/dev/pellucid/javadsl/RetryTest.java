package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.Upstream;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Lab(servers = 3)
@Timeout(30)
class RetryTest {
  private static final int UPSTREAM_PORT = 8080;

  /** Every choice of the balancer, in order. */
  private final Queue<Upstream> chosen = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static List<Upstream> pool(LabNetwork net) {
    return net.servers().stream().map(server -> Upstream.of(server.at(UPSTREAM_PORT))).toList();
  }

  /** Always the first that is usable. */
  private Flow<Connection, RoutedConnection, NotUsed> routing(LabNetwork net) {
    return Stages.balance(
        pool(net),
        upstreams ->
            (connection, usable) -> {
              var first = upstreams.stream().filter(usable).findFirst();
              first.ifPresent(chosen::add);
              return first;
            });
  }

  private TestProxy proxy(LabNetwork net, RelaySettings settings) throws Exception {
    return TestProxy.start(net, routing(net), "0.0.0.0", settings);
  }

  private static ConnectionSummary exchange(LabNetwork net, TestProxy proxy) throws Exception {
    LabHost last = net.server(2);
    InetSocketAddress asked = net.server(0).at(PORT);
    Peers peers = Peers.connect(net, asked, last, last.at(UPSTREAM_PORT));
    Peers.send(peers.client(), "early");
    assertEquals("early", Peers.receive(peers.server(), 5));
    peers.client().close();
    peers.server().close();
    return proxy.nextSummary();
  }

  @Test
  void refusedConnectionsAreTriedElsewhere(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, TestProxy.relaySettings().withRetries(2));
    ConnectionSummary summary = exchange(net, proxy);
    assertEquals(pool(net), List.copyOf(chosen));
    assertEquals(pool(net).get(2), summary.upstream().orElseThrow());
    assertEquals("-- finished", summary.termination().toString());
  }

  @Test
  void silentUpstreamsAreTriedElsewhere(LabNetwork net) throws Exception {
    Silence.on(net.server(0), UPSTREAM_PORT);
    TestProxy proxy =
        proxy(
            net,
            TestProxy.relaySettings().withRetries(2).withConnectTimeout(Duration.ofMillis(200)));
    exchange(net, proxy);
    assertEquals(pool(net), List.copyOf(chosen));
  }

  @Test
  void noMoreOftenThanAsked(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, TestProxy.relaySettings().withRetries(1));
    Resets.assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("UC refused", proxy.nextSummary().termination().toString());
    assertEquals(pool(net).subList(0, 2), List.copyOf(chosen));
  }

  @Test
  void noneIsTriedTwice(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, TestProxy.relaySettings().withRetries(100));
    Resets.assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("UC refused", proxy.nextSummary().termination().toString());
    assertEquals(pool(net), List.copyOf(chosen));
  }
}
