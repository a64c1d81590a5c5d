package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.UdpProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Direction;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limited UDP sessions: what is above the limit is dropped and counted. */
@Lab
@Timeout(30)
class BandwidthUdpTest {
  private static final int SIZE = 1000;

  /** Room for three datagrams, and then for one in a quarter of an hour. */
  private static Bandwidth three() {
    return Bandwidth.of(1, 3 * SIZE);
  }

  private static Flow<Connection, RoutedConnection, NotUsed> routing(
      LabNetwork net, Direction direction, Bandwidth... limits) {
    return Stages.filter(
            connection -> {
              for (Bandwidth limit : limits) {
                connection.limit(direction, limit);
              }
              return Verdict.accept();
            })
        .via(TestProxy.to(net.server(0).at(PORT)));
  }

  private static UdpProxy proxy(
      LabNetwork net, UdpRelaySettings settings, Direction direction, Bandwidth... limits)
      throws Exception {
    return UdpProxy.start(net, UdpProxy.atProxy(net), routing(net, direction, limits), settings);
  }

  private static UdpRelaySettings settings(boolean filtered) {
    UdpRelaySettings settings = UdpRelaySettings.create().withIdleTimeout(Duration.ofSeconds(1));
    return filtered ? settings.withDatagramFilter(pass()) : settings;
  }

  private static DatagramFilter pass() {
    return connection ->
        new DatagramFilter.Session() {
          @Override
          public Optional<ByteString> fromClient(ByteString datagram) {
            return Optional.of(datagram);
          }

          @Override
          public Optional<ByteString> fromUpstream(ByteString datagram) {
            return Optional.of(datagram);
          }
        };
  }

  /** A datagram that begins with its number. */
  private static String numbered(int number) {
    return number + "x".repeat(SIZE - 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatTheClientSendsAboveTheLimitIsDropped(boolean filtered, LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, settings(filtered), Direction.FROM_CLIENT, three());
    UdpPeer server = UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
    UdpPeer client = UdpPeer.client(net);
    for (int i = 0; i < 8; i++) {
      client.send(numbered(i), net.proxy().at(PORT));
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(numbered(i), server.receive().text());
    }
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(3 * SIZE, summary.bytesFromClient());
    assertEquals(5, proxy.binding().droppedDatagrams());
    proxy.assertNothingLeft();
  }

  @Test
  void whatTheUpstreamSendsAboveTheLimitIsDropped(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, settings(false), Direction.FROM_UPSTREAM, three());
    UdpPeer server = UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
    UdpPeer client = UdpPeer.client(net);
    client.send("question", net.proxy().at(PORT));
    InetSocketAddress asker = server.receive().from();
    for (int i = 0; i < 8; i++) {
      server.send(numbered(i), asker);
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(numbered(i), client.receive().text());
    }
    assertEquals(3 * SIZE, proxy.nextSummary().bytesFromUpstream());
    assertEquals(5, proxy.binding().droppedDatagrams());
    proxy.assertNothingLeft();
  }

  @Test
  void aDatagramThatOneLimitDropsCostsTheOthersNothing(LabNetwork net) throws Exception {
    Bandwidth shared = Bandwidth.of(1, 10 * SIZE);
    UdpProxy proxy = proxy(net, settings(false), Direction.FROM_CLIENT, shared, three());
    UdpPeer server = UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
    UdpPeer client = UdpPeer.client(net);
    for (int i = 0; i < 8; i++) {
      client.send(numbered(i), net.proxy().at(PORT));
    }
    // Small enough, though it comes after others that were not.
    client.send("", net.proxy().at(PORT));
    for (int i = 0; i < 3; i++) {
      assertEquals(numbered(i), server.receive().text());
    }
    assertEquals("", server.receive().text());
    assertEquals(3 * SIZE, proxy.nextSummary().bytesFromClient());
    assertEquals(7 * SIZE, shared.take(10 * SIZE, System.nanoTime()) / SIZE * SIZE);
  }
}
