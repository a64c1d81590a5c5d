package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.UdpProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.javadsl.UdpPeer.Datagram;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Unnamed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeaders;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The PROXY protocol's header before each datagram, written and read. */
@Lab
@Timeout(30)
class UdpProxyProtocolTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.9", 4000);
  private static final InetSocketAddress OTHER = new InetSocketAddress("192.0.2.10", 4000);
  private static final InetSocketAddress ASKED = new InetSocketAddress("198.51.100.1", 53);

  private static ByteString datagram(ProxyHeader header, String payload) {
    return ByteString.fromArray(ProxyHeaders.encode(ProxyProtocol.V2, header))
        .concat(ByteString.fromString(payload));
  }

  private static ByteString from(InetSocketAddress client, String payload) {
    return datagram(new Forwarded(Transport.UDP, client, ASKED), payload);
  }

  private static UdpProxy reading(LabNetwork net, UdpRelaySettings relay) throws Exception {
    return UdpProxy.start(
        net,
        UdpProxy.atProxy(net).withProxyProtocol(ProxyProtocol.V2),
        TestProxy.to(net.server(0).at(PORT)),
        relay);
  }

  private static UdpPeer server(LabNetwork net) throws Exception {
    return UdpPeer.server(net, net.server(0), net.server(0).at(PORT));
  }

  @Test
  void upstreamsAreToldTheClientOfEachDatagram(LabNetwork net) throws Exception {
    UdpProxy proxy =
        UdpProxy.start(
            net,
            UdpProxy.atProxy(net),
            TestProxy.to(net.server(0).at(PORT)),
            UdpRelaySettings.create().withProxyProtocol(ProxyProtocol.V2).withResponses(1));
    UdpPeer server = server(net);
    UdpPeer client = UdpPeer.client(net);
    InetSocketAddress clientName = new InetSocketAddress(net.client().address(), client.port());
    ByteString header =
        datagram(new Forwarded(Transport.UDP, clientName, net.proxy().at(PORT)), "");
    client.send("first", net.proxy().at(PORT));
    client.send("", net.proxy().at(PORT));
    assertEquals(header.concat(ByteString.fromString("first")), server.receive().bytes());
    Datagram second = server.receive();
    assertEquals(header, second.bytes());
    server.send("answer", second.from());
    server.send("answer", second.from());
    assertEquals("answer", client.receive().text());
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(5, summary.bytesFromClient());
    assertEquals(12, summary.bytesFromUpstream());
  }

  @Test
  void clientsAreThoseTheHeadersName(LabNetwork net) throws Exception {
    UdpProxy proxy = reading(net, UdpRelaySettings.create().withResponses(1));
    UdpPeer server = server(net);
    UdpPeer balancer = UdpPeer.client(net);
    balancer.send(from(CLIENT, "one"), net.proxy().at(PORT));
    Datagram one = server.receive();
    assertEquals("one", one.text());
    balancer.send(from(OTHER, "two"), net.proxy().at(PORT));
    Datagram two = server.receive();
    assertEquals("two", two.text());
    server.send("for one", one.from());
    assertEquals("for one", balancer.receive().text());
    assertEquals(CLIENT, proxy.nextSummary().connection().client());
    server.send("for two", two.from());
    assertEquals("for two", balancer.receive().text());
    ConnectionSummary summary = proxy.nextSummary();
    assertEquals(OTHER, summary.connection().client());
    assertEquals(ASKED, summary.connection().originalDestination());
    assertTrue(summary.connection().intercepted());
  }

  @Test
  void theBalancerMaySpeakForItself(LabNetwork net) throws Exception {
    UdpProxy proxy = reading(net, UdpRelaySettings.create().withResponses(1));
    UdpPeer server = server(net);
    UdpPeer balancer = UdpPeer.client(net);
    balancer.send(datagram(Unnamed.LOCAL, "alive?"), net.proxy().at(PORT));
    Datagram question = server.receive();
    assertEquals("alive?", question.text());
    server.send("yes", question.from());
    balancer.receive();
    assertEquals(balancer.port(), proxy.nextSummary().connection().client().getPort());
  }

  @Test
  void datagramsWithoutAHeaderAreDropped(LabNetwork net) throws Exception {
    UdpProxy proxy = reading(net, UdpRelaySettings.create());
    UdpPeer balancer = UdpPeer.client(net);
    balancer.send("no header", net.proxy().at(PORT));
    balancer.send(from(CLIENT, "").take(20), net.proxy().at(PORT));
    balancer.send("", net.proxy().at(PORT));
    Await.until("datagrams were dropped", () -> proxy.binding().droppedDatagrams() == 3);
    assertEquals(0, proxy.binding().accepted());
  }

  /** The whole point: a server behind two proxies sees the client itself. */
  @Test
  void aNamedClientCanBeShown(LabNetwork net) throws Exception {
    net.divert(FirewallTool.NFT);
    reading(net, UdpRelaySettings.create().withSource(SourceAddress.clientIpPort()));
    UdpPeer server = server(net);
    UdpPeer balancer = UdpPeer.client(net);
    balancer.send(from(CLIENT, "hello"), net.proxy().at(PORT));
    Datagram hello = server.receive();
    assertEquals(CLIENT, hello.from());
    server.send("answer", hello.from());
    assertEquals("answer", balancer.receive().text());
  }

  @Test
  void whatUdpCannotDoIsRefused(LabNetwork net) {
    UdpRelaySettings settings = UdpRelaySettings.create();
    assertThrows(
        IllegalArgumentException.class, () -> settings.withProxyProtocol(ProxyProtocol.V1));
    ActorSystem system = ActorSystem.create("refusing");
    net.closeAtEnd(() -> TestKit.shutdownActorSystem(system));
    BindSettings bind = UdpProxy.atProxy(net);
    for (BindSettings wrong :
        List.of(
            bind.withProxyProtocol(ProxyProtocol.V1),
            bind.withInterception(Interception.REDIRECT),
            BindSettings.create("::", PORT).withDualStack())) {
      assertThrows(IllegalArgumentException.class, () -> TransparentUdp.get(system).bind(wrong));
    }
  }
}
