package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.UdpProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.UdpPeer.Datagram;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of sessions and their datagrams, whichever way they come in. */
@Lab
@Timeout(30)
class UdpRelayTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  private static UdpProxy proxy(LabNetwork net, UdpRelaySettings relay) throws Exception {
    return UdpProxy.start(net, UdpProxy.atProxy(net), TestProxy.to(net.server(0).at(PORT)), relay);
  }

  private static UdpPeer server(LabNetwork net) throws Exception {
    return UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
  }

  @Test
  void aSessionIsAConnection(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, UdpRelaySettings.create().withResponses(1));
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    client.send("question", net.proxy().at(PORT));
    Datagram question = server.receive();
    assertEquals("question", question.text());
    server.send("the answer", question.from());
    Datagram answer = client.receive();
    assertEquals("the answer", answer.text());
    assertEquals(net.proxy().at(PORT), answer.from());
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(Transport.UDP, summary.connection().transport());
    assertEquals(
        new InetSocketAddress(net.client().address(), client.port()),
        summary.connection().client());
    assertEquals(net.proxy().at(PORT), summary.connection().originalDestination());
    assertEquals(8, summary.bytesFromClient());
    assertEquals(10, summary.bytesFromUpstream());
    assertEquals("-- finished", summary.termination().toString());
    proxy.assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1472, 1473, 9000, 65_506, 65_507})
  void datagramsKeepTheirSizes(int size, LabNetwork net) throws Exception {
    proxy(net, UdpRelaySettings.create());
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    byte[] random = new byte[size];
    new Random(size).nextBytes(random);
    ByteString bytes = ByteString.fromArray(random);
    client.send(bytes, net.proxy().at(PORT));
    Datagram there = server.receive();
    assertEquals(bytes, there.bytes());
    server.send(there.bytes(), there.from());
    assertEquals(bytes, client.receive().bytes());
  }

  @Test
  void datagramsStayApartAndInOrder(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, UdpRelaySettings.create());
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 50; i++) {
        client.send("datagram " + i, net.proxy().at(PORT));
      }
      for (int i = 0; i < 50; i++) {
        Datagram datagram = server.receive();
        assertEquals("datagram " + i, datagram.text());
        server.send(datagram.bytes(), datagram.from());
      }
      for (int i = 0; i < 50; i++) {
        assertEquals("datagram " + i, client.receive().text());
      }
    }
    assertEquals(1, proxy.binding().accepted());
    assertEquals(0, proxy.binding().droppedDatagrams());
  }

  @Test
  void silenceEndsASession(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, UdpRelaySettings.create().withIdleTimeout(SHORT));
    UdpPeer server = server(net);
    UdpPeer.client(net).send("hello", net.proxy().at(PORT));
    server.receive();
    assertEquals("PI timeout", proxy.nextEnd());
    proxy.assertNothingLeft();
  }

  @Test
  void eachQuestionHasAsManyResponses(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, UdpRelaySettings.create().withResponses(2));
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    client.send("1", net.proxy().at(PORT));
    client.send("2", net.proxy().at(PORT));
    InetSocketAddress from = server.receive().from();
    assertEquals(from, server.receive().from());
    for (int i = 0; i < 4; i++) {
      server.send("response " + i, from);
      assertEquals("response " + i, client.receive().text());
    }
    assertEquals("-- finished", proxy.nextEnd());
    assertEquals(1, proxy.binding().accepted());
  }

  @Test
  void anUpstreamWhereNobodyListens(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, UdpRelaySettings.create());
    UdpPeer.client(net).send("hello", net.proxy().at(PORT));
    assertEquals("UD refused", proxy.nextEnd());
    proxy.assertNothingLeft();
  }

  @Test
  void atTheLimitTheEldestSessionMakesRoom(LabNetwork net) throws Exception {
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.atProxy(net).withMaxConnections(2),
            TestProxy.to(net.server(0).at(PORT)),
            UdpRelaySettings.create());
    UdpPeer server = server(net);
    UdpPeer first = UdpPeer.client(net);
    UdpPeer second = UdpPeer.client(net);
    first.send("first", net.proxy().at(PORT));
    InetSocketAddress firstSession = server.receive().from();
    second.send("second", net.proxy().at(PORT));
    server.receive();
    // An answer makes the first one younger than the second.
    server.send("answer", firstSession);
    first.receive();
    UdpPeer.client(net).send("third", net.proxy().at(PORT));
    assertEquals("third", server.receive().text());
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals("PD evicted", summary.termination().toString());
    assertEquals(second.port(), summary.connection().client().getPort());
    assertEquals(2, proxy.binding().openConnections());
  }

  @Test
  void aRefusedSessionReachesNobody(LabNetwork net) throws Exception {
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.atProxy(net),
            Stages.filter(connection -> Verdict.reject()).via(TestProxy.to(net.server(0).at(PORT))),
            UdpRelaySettings.create());
    UdpPeer.client(net).send("hello", net.proxy().at(PORT));
    assertEquals("PR rejected", proxy.nextEnd());
    proxy.assertNothingLeft();
  }

  @Test
  void datagramsWaitForAVerdict(LabNetwork net) throws Exception {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.atProxy(net),
            Stages.filter(connection -> Verdict.later(verdict))
                .via(TestProxy.to(net.server(0).at(PORT))),
            UdpRelaySettings.create());
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    for (int i = 0; i < 3; i++) {
      client.send("datagram " + i, net.proxy().at(PORT));
    }
    verdict.complete(Verdict.accept());
    for (int i = 0; i < 3; i++) {
      assertEquals("datagram " + i, server.receive().text());
    }
    assertEquals(1, proxy.binding().accepted());
  }

  @Test
  void wildcardListenersAnswerFromTheAddressThatWasAsked(LabNetwork net) throws Exception {
    UdpProxy.start(
        net,
        BindSettings.create("0.0.0.0", PORT),
        TestProxy.to(net.server(0).at(PORT)),
        UdpRelaySettings.create());
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    // The proxy's address on the far side, which the kernel would not choose towards the client.
    InetSocketAddress asked = new InetSocketAddress("10.2.0.1", PORT);
    client.send("hello", asked);
    server.send("answer", server.receive().from());
    assertEquals(asked, client.receive().from());
  }

  @Test
  void ipv6(LabNetwork net) throws Exception {
    UdpProxy proxy =
        UdpProxy.start(
            net,
            BindSettings.create("::", PORT),
            TestProxy.to(net.server(0).at6(PORT)),
            UdpRelaySettings.create().withResponses(1));
    UdpPeer server = UdpPeer.server(net, net.server(0), net.server(0).at6(PORT));
    UdpPeer client = UdpPeer.client(net);
    InetSocketAddress asked = net.proxy().at6(PORT);
    client.send("hello", asked);
    server.send("answer", server.receive().from());
    assertEquals(asked, client.receive().from());
    assertEquals(net.client().address6(), proxy.nextSummary().connection().client().getAddress());
  }

  @Test
  void unbindingLetsSessionsGoOn(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, UdpRelaySettings.create().withIdleTimeout(Duration.ofSeconds(1)));
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    client.send("before", net.proxy().at(PORT));
    InetSocketAddress session = server.receive().from();
    CompletableFuture<?> free = proxy.binding().unbind().toCompletableFuture();
    proxy.awaitTasks();
    UdpPeer.client(net).send("too late", net.proxy().at(PORT));
    client.send("after", net.proxy().at(PORT));
    Datagram after = server.receive();
    assertEquals("after", after.text());
    assertEquals(session, after.from());
    server.send("answer", session);
    assertEquals("answer", client.receive().text());
    assertEquals("PI timeout", proxy.nextEnd());
    free.get(5, TimeUnit.SECONDS);
    net.closeAtEnd(UdpPeer.server(net, net.proxy(), net.proxy().at(PORT)));
    assertEquals(1, proxy.binding().accepted());
  }

  /** The kernel spreads clients over the loops' sockets, and anew when one of them is closed. */
  @Test
  void sessionsOfAllLoopsGoOn(LabNetwork net) throws Exception {
    UdpProxy proxy =
        UdpProxy.start(
            net,
            4,
            UdpProxy.atProxy(net),
            TestProxy.to(net.server(0).at(PORT)),
            UdpRelaySettings.create().withResponses(1));
    UdpPeer server = server(net);
    List<UdpPeer> clients = new ArrayList<>();
    List<InetSocketAddress> sessions = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      clients.add(UdpPeer.client(net));
      clients.get(i).send("before", net.proxy().at(PORT));
      sessions.add(server.receive().from());
    }
    proxy.bindings().forEach(Binding::unbind);
    for (int i = 0; i < 13; i++) {
      server.send("answer", sessions.get(i));
      clients.get(i).receive();
      proxy.nextSummary();
    }
    for (int i = 13; i < 16; i++) {
      clients.get(i).send("after", net.proxy().at(PORT));
      assertEquals(sessions.get(i), server.receive().from());
    }
    assertEquals(16, proxy.binding().accepted());
  }

  @Test
  void abortingEndsSessions(LabNetwork net) throws Exception {
    UdpProxy proxy = proxy(net, UdpRelaySettings.create());
    UdpPeer server = server(net);
    UdpPeer.client(net).send("hello", net.proxy().at(PORT));
    server.receive();
    proxy.binding().abortConnections();
    assertEquals("PD stopped", proxy.nextEnd());
    proxy.assertNothingLeft();
  }

  /** Turns what clients say to upper case, drops what says "drop", and breaks at "break". */
  private static final DatagramFilter FILTER =
      connection ->
          new DatagramFilter.Session() {
            @Override
            public Optional<ByteString> fromClient(ByteString datagram) {
              String text = datagram.utf8String();
              if (text.equals("break")) {
                throw new IllegalStateException("as asked");
              }
              return text.equals("drop")
                  ? Optional.empty()
                  : Optional.of(ByteString.fromString(text + " there"));
            }

            @Override
            public Optional<ByteString> fromUpstream(ByteString datagram) {
              return Optional.of(ByteString.fromString(datagram.utf8String() + " back"));
            }
          };

  @Test
  void filtersSeeEachDatagram(LabNetwork net) throws Exception {
    DatagramFilter second =
        connection ->
            new DatagramFilter.Session() {
              @Override
              public Optional<ByteString> fromClient(ByteString datagram) {
                return Optional.of(datagram.concat(ByteString.fromString("!")));
              }
            };
    UdpProxy proxy =
        proxy(net, UdpRelaySettings.create().withDatagramFilter(FILTER).withDatagramFilter(second));
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    client.send("drop", net.proxy().at(PORT));
    client.send("hello", net.proxy().at(PORT));
    Datagram there = server.receive();
    assertEquals("hello there!", there.text());
    server.send("hello", there.from());
    assertEquals("hello back", client.receive().text());
    client.send("break", net.proxy().at(PORT));
    assertEquals("PD failed", proxy.nextEnd());
    proxy.assertNothingLeft();
  }

  @Test
  void aSourceOfTheOtherFamilyIsRefused(LabNetwork net) throws Exception {
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.atProxy(net),
            TestProxy.to(net.server(0).at6(PORT)),
            UdpRelaySettings.create().withSource(SourceAddress.clientIp()));
    UdpPeer.client(net).send("hello", net.proxy().at(PORT));
    assertEquals("PC family-mismatch", proxy.nextEnd());
    proxy.assertNothingLeft();
  }
}
