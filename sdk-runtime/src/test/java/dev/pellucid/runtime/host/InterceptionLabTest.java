package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.TransparentSocket.Accepted;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rules do to packets. The listener's port differs from the port that clients ask for. */
@Lab
@Timeout(30)
class InterceptionLabTest {
  private static final int PORT = 80;
  private static final int LISTENER = 50080;
  private static final int TIMEOUT_MILLIS = 5000;

  private static Intercept intercept(String listener) {
    return Intercept.tcp(
        "test", new InetSocketAddress(listener, LISTENER), List.of(PortRange.of(PORT)));
  }

  /** Every kind of rule there is. */
  private static Rules allRules() {
    List<PortRange> ports = List.of(PortRange.of(PORT));
    List<Intercept> intercepts = new ArrayList<>();
    for (String any : List.of("0.0.0.0", "::")) {
      InetSocketAddress listener = new InetSocketAddress(any, LISTENER);
      intercepts.add(Intercept.tcp("tcp", listener, ports).withLocalOutput(true));
      intercepts.add(Intercept.udp("udp", listener, ports).withLocalOutput(true));
      intercepts.add(
          Intercept.redirect("redirect", listener, List.of(PortRange.of(81)))
              .withLocalOutput(true));
    }
    intercepts.add(
        Intercept.foreign("foreign", Transport.TCP, new InetSocketAddress("10.9.9.9", PORT)));
    return Rules.of(intercepts);
  }

  private static Rules rules(Intercept intercept) {
    return Rules.of(List.of(intercept));
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

  private static void assertIntercepted(LabNetwork net, String listener, InetSocketAddress asked)
      throws Exception {
    try (TransparentSocket socket =
        net.proxy().call(() -> TransparentSocket.listen(listener, LISTENER))) {
      InetSocketAddress client = connect(net.client(), asked, TIMEOUT_MILLIS);
      assertEquals(new Accepted(client, asked), socket.accept());
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionsReachTheListenerWithTheirOriginalDestination(FirewallTool tool, LabNetwork net)
      throws Exception {
    net.intercept(tool, PORT, LISTENER);
    assertIntercepted(net, "0.0.0.0", net.server(0).at(PORT));
    assertIntercepted(net, "::", net.server(0).at6(PORT));
  }

  @ParameterizedTest
  @EnumSource
  void aListenerMayHaveOneAddress(FirewallTool tool, LabNetwork net) throws Exception {
    String address = net.proxy().address().getHostAddress();
    net.apply(tool, rules(intercept(address)));
    assertIntercepted(net, address, net.server(0).at(PORT));
  }

  @ParameterizedTest
  @EnumSource
  void aServerRepliesToASocketWithTheClientsAddress(FirewallTool tool, LabNetwork net)
      throws Exception {
    net.intercept(tool, PORT, LISTENER);
    LabHost server = net.server(0);
    try (ServerSocket listening = server.call(() -> new ServerSocket(PORT))) {
      Future<Socket> accepted = server.submit(listening::accept);
      try (TransparentSocket upstream =
              net.proxy()
                  .call(() -> TransparentSocket.connect(net.client().address(), server.at(PORT)));
          Socket seen = accepted.get()) {
        assertEquals(net.client().address(), seen.getInetAddress());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void otherPortsAndInterfacesPassBy(FirewallTool tool, LabNetwork net) throws Exception {
    Intercept elsewhere = intercept("0.0.0.0").withInterfaces(List.of("server0"));
    net.apply(tool, rules(elsewhere));
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT))) {
      connect(net.client(), net.server(0).at(PORT), TIMEOUT_MILLIS);
    }
    net.apply(tool, rules(intercept("0.0.0.0")));
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT + 1))) {
      connect(net.client(), net.server(0).at(PORT + 1), TIMEOUT_MILLIS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHostsOwnConnectionsAreLeftAlone(FirewallTool tool, LabNetwork net) throws Exception {
    net.apply(tool, rules(intercept("0.0.0.0")));
    LabHost proxy = net.proxy();
    try (ServerSocket listening = proxy.call(() -> new ServerSocket(PORT))) {
      connect(proxy, new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), TIMEOUT_MILLIS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutAListenerConnectionsAreBlocked(FirewallTool tool, LabNetwork net) throws Exception {
    net.intercept(tool, PORT, LISTENER);
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT))) {
      assertThrows(
          SocketTimeoutException.class, () -> connect(net.client(), net.server(0).at(PORT), 300));
      assertThrows(
          SocketTimeoutException.class, () -> connect(net.client(), net.server(0).at6(PORT), 300));
    }
  }

  @Test
  void nftCanResetConnectionsWithoutAListener(LabNetwork net) throws Exception {
    net.apply(FirewallTool.NFT, rules(intercept("0.0.0.0").withOnProxyDown(OnProxyDown.RESET)));
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT))) {
      assertThrows(
          ConnectException.class,
          () -> connect(net.client(), net.server(0).at(PORT), TIMEOUT_MILLIS));
    }
    assertIntercepted(net, "0.0.0.0", net.server(0).at(PORT));
  }

  @Test
  void nftCanLetConnectionsPassByWithoutAListener(LabNetwork net) throws Exception {
    // Another listener for the same traffic, which is down too, does not block it.
    net.apply(
        FirewallTool.NFT,
        Rules.of(
            List.of(
                intercept("0.0.0.0").withOnProxyDown(OnProxyDown.BYPASS), intercept("0.0.0.0"))));
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT))) {
      connect(net.client(), net.server(0).at(PORT), TIMEOUT_MILLIS);
    }
    assertIntercepted(net, "0.0.0.0", net.server(0).at(PORT));
  }

  @ParameterizedTest
  @EnumSource
  void applyingTwiceIsApplyingOnce(FirewallTool tool, LabNetwork net) throws Exception {
    net.apply(tool, allRules());
    String once = state(net.proxy());
    net.apply(tool, allRules());
    assertEquals(once, state(net.proxy()));
    assertIntercepted(net, "0.0.0.0", net.server(0).at(PORT));
  }

  @ParameterizedTest
  @EnumSource
  void removingLeavesNothingAndMayBeRepeated(FirewallTool tool, LabNetwork net) throws Exception {
    net.remove();
    net.apply(tool, allRules());
    assertTrue(state(net.proxy()).toLowerCase(Locale.ROOT).contains("pellucid"));
    net.remove();
    net.remove();
    String state = state(net.proxy());
    assertFalse(state.toLowerCase(Locale.ROOT).contains("pellucid"), state);
    assertFalse(state.contains("fwmark"), state);
    assertFalse(state.contains("table 71"), state);
  }

  @ParameterizedTest
  @EnumSource
  void rulesReplaceThoseOfAnEarlierTime(FirewallTool tool, LabNetwork net) throws Exception {
    net.apply(tool, rules(intercept("0.0.0.0")));
    String before = state(net.proxy());
    net.apply(tool, allRules());
    net.apply(tool, rules(intercept("0.0.0.0")));
    String after = state(net.proxy());
    assertEquals(rulesOnly(before), rulesOnly(after));
  }

  /** Base chains and routes that nobody uses do no harm; notes stay until the rules are removed. */
  private static List<String> rulesOnly(String state) {
    return state
        .lines()
        .filter(line -> line.contains("PELLUCID") || line.contains("comment"))
        .filter(line -> !line.contains("PELLUCID_SAVED"))
        .toList();
  }

  @Test
  void iptablesForgetsAFamilyThatIsNoLongerIntercepted(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.IPTABLES, PORT, LISTENER);
    net.apply(FirewallTool.IPTABLES, rules(intercept("0.0.0.0")));
    try (ServerSocket listening = net.server(0).call(() -> new ServerSocket(PORT))) {
      connect(net.client(), net.server(0).at6(PORT), TIMEOUT_MILLIS);
    }
  }

  @Test
  void aVpnClientsSrcValidMarkDoesNoHarm(LabNetwork net) throws Exception {
    net.proxy().sysctl("net.ipv4.conf.all.src_valid_mark", 1);
    net.intercept(FirewallTool.NFT, PORT, LISTENER);
    assertIntercepted(net, "0.0.0.0", net.server(0).at(PORT));
    net.proxy().sysctl("net.ipv4.conf.all.accept_local", 0);
    assertThrows(
        SocketTimeoutException.class, () -> connect(net.client(), net.server(0).at(PORT), 300));
  }

  @Test
  void aFailureSaysWhichCommandFailedAndWhatItSaid(LabNetwork net) {
    HostScript script = new HostScript(List.of("true", "ip link set nowhere up"));
    HostCommandException failure =
        assertThrows(HostCommandException.class, () -> net.proxy().run(script::run));
    assertEquals("ip link set nowhere up", failure.command());
    assertEquals(1, failure.exitCode());
    assertTrue(failure.stderr().contains("nowhere"), failure.stderr());
  }

  @Test
  void whatIsPrintedIsAScriptThatASHellRuns(LabNetwork net) throws Exception {
    String script = rules(intercept("0.0.0.0")).applying(FirewallTool.NFT).text();
    net.proxy().exec("sh", "-euc", script);
    assertDoesNotThrow(() -> assertIntercepted(net, "0.0.0.0", net.server(0).at(PORT)));
  }

  private static String state(LabHost proxy) throws Exception {
    String command =
        "nft -s list ruleset; iptables-save; ip6tables-save;"
            + " ip rule; ip -6 rule; ip route show table all; ip -6 route show table all";
    return proxy
        .exec("sh", "-c", command)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceAll("\\[\\d+:\\d+]", ""))
        .collect(joining("\n"));
  }
}
