package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rules do to datagrams. */
@Lab
@Timeout(30)
class UdpInterceptionLabTest {
  private static final int PORT = 53;
  private static final int LISTENER = 50053;
  private static final int TIMEOUT_MILLIS = 5000;
  private static final int LONG = 10_000;

  private static Intercept intercept(boolean six) {
    InetSocketAddress listener = new InetSocketAddress(six ? "::" : "0.0.0.0", LISTENER);
    return Intercept.udp("dns", listener, List.of(PortRange.of(PORT)));
  }

  private static void apply(LabNetwork net, FirewallTool tool, Intercept intercept)
      throws Exception {
    net.apply(tool, Rules.of(List.of(intercept)));
  }

  private static InetAddress client(LabNetwork net, boolean six) {
    return six ? net.client().address6() : net.client().address();
  }

  private static InetSocketAddress server(LabNetwork net, boolean six) {
    return six ? net.server(0).at6(PORT) : net.server(0).at(PORT);
  }

  private static TransparentSocket listen(LabNetwork net, boolean six) throws Exception {
    InetAddress any = intercept(six).listener().getAddress();
    return net.closeAtEnd(net.proxy().call(() -> TransparentSocket.udp(any, LISTENER)));
  }

  private static DatagramSocket connect(LabNetwork net, LabHost from, InetSocketAddress to)
      throws Exception {
    DatagramSocket socket = net.closeAtEnd(from.call(() -> new DatagramSocket()));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(to);
    return socket;
  }

  private static DatagramSocket bind(LabNetwork net, LabHost host) throws Exception {
    DatagramSocket socket = net.closeAtEnd(host.call(() -> new DatagramSocket(PORT)));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static void send(DatagramSocket socket, int content) throws IOException {
    socket.send(new DatagramPacket(new byte[] {(byte) content}, 1));
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[1], 1);
    socket.receive(packet);
    return packet;
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void datagramsReachTheListener(FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    apply(net, tool, intercept(six));
    TransparentSocket listener = listen(net, six);
    send(connect(net, net.client(), server(net, six)), 7);
    assertEquals(7, listener.receive());
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aServerRepliesToASocketWithTheClientsAddress(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(net, tool, intercept(six));
    DatagramSocket server = bind(net, net.server(0));
    TransparentSocket upstream =
        net.closeAtEnd(
            net.proxy().call(() -> TransparentSocket.udp(client(net, six), server(net, six))));
    upstream.send((byte) 1);
    DatagramPacket seen = receive(server);
    assertEquals(client(net, six), seen.getAddress());
    server.send(new DatagramPacket(new byte[] {2}, 1, seen.getSocketAddress()));
    assertEquals(2, upstream.receive());
  }

  /** With the divert rule first, they would go to the socket that replies. */
  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void furtherDatagramsReachTheListenerToo(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(net, tool, intercept(six));
    TransparentSocket listener = listen(net, six);
    DatagramSocket client = connect(net, net.client(), server(net, six));
    send(client, 1);
    assertEquals(1, listener.receive());
    InetAddress asked = server(net, six).getAddress();
    net.closeAtEnd(net.proxy().call(() -> TransparentSocket.udp(asked, PORT)));
    send(client, 2);
    assertEquals(2, listener.receive());
  }

  @ParameterizedTest
  @EnumSource
  void withoutAListenerDatagramsAreBlocked(FirewallTool tool, LabNetwork net) throws Exception {
    apply(net, tool, intercept(false));
    DatagramSocket server = bind(net, net.server(0));
    server.setSoTimeout(300);
    send(connect(net, net.client(), server(net, false)), 1);
    assertThrows(SocketTimeoutException.class, () -> receive(server));
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void nftCanRefuseDatagramsWithoutAListener(boolean six, LabNetwork net) throws Exception {
    apply(net, FirewallTool.NFT, intercept(six).withOnProxyDown(OnProxyDown.RESET));
    DatagramSocket client = connect(net, net.client(), server(net, six));
    send(client, 1);
    assertThrows(PortUnreachableException.class, () -> receive(client));
    TransparentSocket listener = listen(net, six);
    send(client, 2);
    assertEquals(2, listener.receive());
  }

  @Test
  void nftCanLetDatagramsPassByWithoutAListener(LabNetwork net) throws Exception {
    apply(net, FirewallTool.NFT, intercept(false).withOnProxyDown(OnProxyDown.BYPASS));
    DatagramSocket server = bind(net, net.server(0));
    send(connect(net, net.client(), server(net, false)), 1);
    assertEquals(net.client().address(), receive(server).getAddress());
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void whatTheProxysHostSendsIsTakenToo(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(net, tool, intercept(six).withLocalOutput(true));
    TransparentSocket listener = listen(net, six);
    send(connect(net, net.proxy(), server(net, six)), 7);
    assertEquals(7, listener.receive());
  }

  @ParameterizedTest
  @EnumSource
  void whatTheProxysHostSendsToItselfIsNot(FirewallTool tool, LabNetwork net) throws Exception {
    apply(net, tool, intercept(false).withLocalOutput(true));
    DatagramSocket own = bind(net, net.proxy());
    DatagramSocket sender = connect(net, net.proxy(), net.proxy().at(PORT));
    send(sender, 1);
    assertEquals(1, receive(own).getData()[0]);
  }

  /** To a client's port that is one of those it intercepts. */
  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void whatTheProxysHostRepliesIsNot(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(net, tool, intercept(six).withLocalOutput(true));
    DatagramSocket own =
        net.closeAtEnd(
            net.proxy()
                .call(() -> new DatagramSocket(LISTENER, intercept(six).listener().getAddress())));
    DatagramSocket client = bind(net, net.client());
    client.connect(six ? net.proxy().at6(LISTENER) : net.proxy().at(LISTENER));
    send(client, 1);
    DatagramPacket request = receive(own);
    own.send(new DatagramPacket(new byte[] {2}, 1, request.getSocketAddress()));
    assertEquals(2, receive(client).getData()[0]);
  }

  /** A foreign listener is told apart from its clients' other destinations by its address. */
  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aForeignListenerReceives(FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    InetSocketAddress foreign = new InetSocketAddress(six ? "fd00:99::9" : "10.99.9.9", PORT);
    apply(net, tool, Intercept.foreign("dns", Transport.UDP, foreign));
    TransparentSocket listener =
        net.closeAtEnd(net.proxy().call(() -> TransparentSocket.udp(foreign.getAddress(), PORT)));
    send(connect(net, net.client(), foreign), 7);
    assertEquals(7, listener.receive());
  }

  /** Only their first fragment has ports: the kernel has to put them together first. */
  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aForeignListenerReceivesWhatIsInFragments(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    InetSocketAddress foreign = new InetSocketAddress(six ? "fd00:99::9" : "10.99.9.9", PORT);
    apply(net, tool, Intercept.foreign("dns", Transport.UDP, foreign));
    TransparentSocket listener =
        net.closeAtEnd(net.proxy().call(() -> TransparentSocket.udp(foreign.getAddress(), PORT)));
    connect(net, net.client(), foreign).send(new DatagramPacket(new byte[LONG], LONG));
    assertEquals(LONG, listener.receiveLength());
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aServersReplyInFragmentsReachesASocketWithTheClientsAddress(
      FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    net.divert(tool);
    DatagramSocket server = bind(net, net.server(0));
    TransparentSocket upstream =
        net.closeAtEnd(
            net.proxy().call(() -> TransparentSocket.udp(client(net, six), server(net, six))));
    upstream.send((byte) 1);
    server.send(new DatagramPacket(new byte[LONG], LONG, receive(server).getSocketAddress()));
    assertEquals(LONG, upstream.receiveLength());
  }

  @Test
  void anOrdinarySocketCannotBindWhatIsForeign(LabNetwork net) {
    assertThrows(
        SocketException.class,
        () -> net.proxy().call(() -> new DatagramSocket(new InetSocketAddress("10.99.9.9", PORT))));
  }
}
