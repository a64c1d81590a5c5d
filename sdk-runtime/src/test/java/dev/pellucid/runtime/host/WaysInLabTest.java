package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.TransparentSocket.Accepted;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rules do to TCP where it is not TPROXY that takes it, or not on its way through. */
@Lab
@Timeout(30)
class WaysInLabTest {
  private static final int PORT = 80;
  private static final int LISTENER = 50080;
  private static final int TIMEOUT_MILLIS = 5000;
  private static final int CLIENTS_CHOICE = 40_000;
  private static final InetSocketAddress FOREIGN = new InetSocketAddress("10.99.9.9", PORT);
  private static final InetSocketAddress FOREIGN_6 = new InetSocketAddress("fd00:99::9", PORT);

  private static void apply(LabNetwork net, FirewallTool tool, Intercept intercept)
      throws Exception {
    net.apply(tool, Rules.of(List.of(intercept)));
  }

  private static InetSocketAddress any(boolean six) {
    return new InetSocketAddress(six ? "::" : "0.0.0.0", LISTENER);
  }

  private static InetSocketAddress server(LabNetwork net, boolean six) {
    return six ? net.server(0).at6(PORT) : net.server(0).at(PORT);
  }

  private static InetSocketAddress connect(LabHost from, InetSocketAddress to, int timeoutMillis)
      throws Exception {
    return from.call(
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(to, timeoutMillis);
            return (InetSocketAddress) socket.getLocalSocketAddress();
          }
        });
  }

  private static void assertTaken(
      LabNetwork net, LabHost from, InetSocketAddress listener, InetSocketAddress asked)
      throws Exception {
    String address = listener.getAddress().getHostAddress();
    try (TransparentSocket socket =
        net.proxy().call(() -> TransparentSocket.listen(address, listener.getPort()))) {
      InetSocketAddress client = connect(from, asked, TIMEOUT_MILLIS);
      assertEquals(new Accepted(client, asked), socket.accept());
    }
  }

  private static Intercept foreign(boolean six) {
    return Intercept.foreign("foreign", Transport.TCP, six ? FOREIGN_6 : FOREIGN);
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aForeignListenerAccepts(FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    Intercept foreign = foreign(six);
    apply(net, tool, foreign);
    assertTaken(net, net.client(), foreign.listener(), foreign.listener());
    // A socket in TIME_WAIT is left of the first one, and must not keep a second one away.
    assertTaken(net, net.client(), foreign.listener(), foreign.listener());
  }

  @ParameterizedTest
  @EnumSource
  void withoutAForeignListenerItsAddressIsBlocked(FirewallTool tool, LabNetwork net)
      throws Exception {
    apply(net, tool, foreign(false));
    assertThrows(SocketTimeoutException.class, () -> connect(net.client(), FOREIGN, 300));
  }

  @Test
  void nftCanResetWithoutAForeignListener(LabNetwork net) throws Exception {
    apply(net, FirewallTool.NFT, foreign(false).withOnProxyDown(OnProxyDown.RESET));
    assertThrows(ConnectException.class, () -> connect(net.client(), FOREIGN, TIMEOUT_MILLIS));
  }

  @ParameterizedTest
  @EnumSource
  void withoutAForeignListenerItMayBePassedBy(FirewallTool tool, LabNetwork net) throws Exception {
    InetSocketAddress server = net.server(0).at(PORT);
    // Another listener for the same traffic, which is down too, does not block it.
    net.apply(
        tool,
        Rules.of(
            List.of(
                Intercept.foreign("foreign", Transport.TCP, server)
                    .withOnProxyDown(OnProxyDown.BYPASS),
                Intercept.tcp("web", any(false), List.of(PortRange.of(PORT))))));
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT))) {
      connect(net.client(), server, TIMEOUT_MILLIS);
    }
    assertTaken(net, net.client(), server, server);
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aRedirectReachesAnOrdinaryListener(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(net, tool, Intercept.redirect("web", any(six), List.of(PortRange.of(PORT))));
    assertRedirected(net, net.client(), any(six), server(net, six));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aRedirectReachesAListenerAtOneAddress(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    InetSocketAddress listener = six ? net.proxy().at6(LISTENER) : net.proxy().at(LISTENER);
    apply(net, tool, Intercept.redirect("web", listener, List.of(PortRange.of(PORT))));
    assertRedirected(net, net.client(), listener, server(net, six));
  }

  private static void assertRedirected(
      LabNetwork net, LabHost from, InetSocketAddress listener, InetSocketAddress asked)
      throws Exception {
    try (ServerSocket listening =
        net.proxy().call(() -> new ServerSocket(LISTENER, 16, listener.getAddress()))) {
      Future<Integer> accepted = net.proxy().submit(() -> acceptOne(listening));
      InetSocketAddress client = connect(from, asked, TIMEOUT_MILLIS);
      assertEquals(client.getPort(), accepted.get());
    }
  }

  private static int acceptOne(ServerSocket listening) throws IOException {
    try (Socket socket = listening.accept()) {
      return socket.getPort();
    }
  }

  @Test
  void withoutARedirectListenerConnectionsAreReset(LabNetwork net) throws Exception {
    apply(
        net, FirewallTool.NFT, Intercept.redirect("web", any(false), List.of(PortRange.of(PORT))));
    assertThrows(
        ConnectException.class, () -> connect(net.client(), server(net, false), TIMEOUT_MILLIS));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void whatTheProxysHostSendsIsTakenByTproxy(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(
        net,
        tool,
        Intercept.tcp("web", any(six), List.of(PortRange.of(PORT))).withLocalOutput(true));
    assertTaken(net, net.proxy(), any(six), server(net, six));
    assertTaken(net, net.client(), any(six), server(net, six));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void whatTheProxysHostSendsIsTakenByAForeignListener(
      FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    // The host needs a way to the address, or connecting fails before any rule is asked.
    Intercept foreign =
        Intercept.foreign("foreign", Transport.TCP, server(net, six)).withLocalOutput(true);
    apply(net, tool, foreign);
    assertTaken(net, net.proxy(), foreign.listener(), foreign.listener());
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void whatTheProxysHostSendsIsRedirected(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(
        net,
        tool,
        Intercept.redirect("web", any(six), List.of(PortRange.of(PORT))).withLocalOutput(true));
    assertRedirected(net, net.proxy(), any(six), server(net, six));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void whatTheProxysHostSendsToItselfIsLeftAlone(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    apply(
        net,
        tool,
        Intercept.tcp("web", any(six), List.of(PortRange.of(PORT))).withLocalOutput(true));
    InetSocketAddress own = six ? net.proxy().at6(PORT) : net.proxy().at(PORT);
    try (ServerSocket listening =
        net.proxy().call(() -> new ServerSocket(PORT, 16, own.getAddress()))) {
      connect(net.proxy(), own, TIMEOUT_MILLIS);
    }
  }

  /** Ports so many that they are clients' too, to which this host's own servers reply. */
  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void whatTheProxysHostRepliesIsLeftAlone(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    List<PortRange> ports = List.of(new PortRange(1024, 65535));
    apply(net, tool, Intercept.tcp("web", any(six), ports).withLocalOutput(true));
    InetSocketAddress own = six ? net.proxy().at6(PORT) : net.proxy().at(PORT);
    try (ServerSocket listening =
        net.proxy().call(() -> new ServerSocket(PORT, 16, own.getAddress()))) {
      connect(net.client(), own, TIMEOUT_MILLIS);
    }
    InetSocketAddress high = new InetSocketAddress(server(net, six).getAddress(), CLIENTS_CHOICE);
    assertTaken(net, net.proxy(), any(six), high);
  }

  @ParameterizedTest
  @EnumSource
  void whatTheProxysHostSendsIsBlockedWithoutAListener(FirewallTool tool, LabNetwork net)
      throws Exception {
    apply(
        net,
        tool,
        Intercept.tcp("web", any(false), List.of(PortRange.of(PORT))).withLocalOutput(true));
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT))) {
      assertThrows(
          SocketTimeoutException.class, () -> connect(net.proxy(), server(net, false), 300));
    }
  }
}
