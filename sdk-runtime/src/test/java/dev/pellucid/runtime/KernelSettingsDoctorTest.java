package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sysctls and interfaces may do to intercepted traffic. */
@Lab
@Timeout(60)
class KernelSettingsDoctorTest {
  private static final int MILLIS = 700;

  /** As {@link DoctorLab#ALL}, from a bridge. */
  private static final String FROM_BRIDGE = DoctorLab.ALL.replace("client0", "br0");

  /** Has the client hang on a bridge. */
  private static final String BRIDGE =
      """
      sysctl -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
      ip link add br0 type bridge
      ip addr flush dev client0
      ip link set client0 master br0
      ip link set br0 up
      ip addr add 10.1.0.1/24 dev br0
      ip addr add fd00:1::1/64 dev br0 nodad
      """;

  @TempDir Path folder;

  private DoctorLab start(LabNetwork net, FirewallBackEnd backEnd, String listeners)
      throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd, listeners);
    lab.assertClean(Depth.LOOK);
    return lab;
  }

  private DoctorLab start(LabNetwork net, FirewallBackEnd backEnd) throws Exception {
    DoctorLab lab = start(net, backEnd, DoctorLab.ALL);
    lab.assertAllFlows();
    return lab;
  }

  private static void onProxy(LabNetwork net, String script) throws Exception {
    net.proxy().exec("sh", "-euc", script);
  }

  /** Breaks the traffic of a family, and cures it. */
  private static void breakAndCure(DoctorLab lab, String script, FindingType type, boolean six)
      throws Exception {
    lab.onProxy(script);
    for (Transport transport : Transport.values()) {
      lab.assertDoesNotFlow(transport, six);
    }
    lab.cure(lab.assertOnly(type, Depth.LOOK), Depth.LOOK);
    lab.assertAllFlows();
  }

  /** IPv4's local route outlives it, IPv6's does not. */
  @ParameterizedTest
  @EnumSource
  void loopbackDown(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(start(net, backEnd), "ip link set lo down", FindingType.LOOPBACK_DOWN, true);
  }

  @Test
  void interceptionOfIpv4NeedsNoLoopback(LabNetwork net) throws Exception {
    String intercept =
        "web { address = \"0.0.0.0:50080\", intercept { ports = [80], interfaces = [client0]%s } }";
    DoctorLab lab = start(net, FirewallBackEnd.NFT, intercept.formatted(""));
    lab.onProxy("ip link set lo down");
    lab.assertFlows(Transport.TCP, false);
    lab.assertClean(Depth.LOOK);
    lab.onProxy("ip route del local default dev lo table 71");
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.LOOPBACK_DOWN, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @Test
  void localOutputNeedsLoopback(LabNetwork net) throws Exception {
    DoctorLab lab =
        start(
            net,
            FirewallBackEnd.NFT,
            """
            web { address = "0.0.0.0:50080"
                  intercept { ports = [80], interfaces = [client0], local-output = true }
                  upstream.source = proxy }
            """);
    lab.onProxy("ip link set lo down");
    lab.cure(lab.assertOnly(FindingType.LOOPBACK_DOWN, Depth.LOOK), Depth.LOOK);
  }

  @ParameterizedTest
  @EnumSource
  void interceptionNeedsNoForwarding(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = start(net, backEnd);
    lab.onProxy("sysctl -w net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0");
    lab.assertAllFlows();
    lab.assertClean(Depth.LOOK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"net.ipv4.ip_forward", "net.ipv4.conf.client0.forwarding"})
  void nothingPassesByWithoutForwarding(String sysctl, LabNetwork net) throws Exception {
    assertPassesOnlyWith(sysctl, "0.0.0.0", net.server(0).at(DoctorLab.PORT), net);
  }

  @Test
  void nothingPassesByWithoutIpv6Forwarding(LabNetwork net) throws Exception {
    assertPassesOnlyWith(
        "net.ipv6.conf.all.forwarding", "[::]", net.server(0).at6(DoctorLab.PORT), net);
  }

  private void assertPassesOnlyWith(
      String sysctl, String any, InetSocketAddress asked, LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT, bypass(any, ""));
    lab.onProxy("sysctl -w " + sysctl + "=0");
    Finding finding = lab.assertOnly(FindingType.FORWARDING_OFF, Depth.LOOK);
    lab.server().stop().toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertEquals(Optional.empty(), lab.ask(Transport.TCP, asked, MILLIS));
    lab.onProxy(finding.cure());
    lab.assertOnly(FindingType.NO_LISTENER, Depth.LOOK);
    assertTrue(lab.ask(Transport.TCP, asked, 10 * MILLIS).isPresent());
  }

  @Test
  void whatGoesToThisHostNeedsNoForwarding(LabNetwork net) throws Exception {
    DoctorLab lab =
        start(net, FirewallBackEnd.NFT, bypass("0.0.0.0", ", destinations = [10.2.0.1]"));
    lab.onProxy("sysctl -w net.ipv4.ip_forward=0");
    lab.assertClean(Depth.LOOK);
  }

  private static String bypass(String any, String more) {
    return """
    web { address = "%s:50080"
          intercept { ports = [80], interfaces = [client0], on-proxy-down = bypass%s } }
    """
        .formatted(any, more);
  }

  /** The client asks on one cable and is answered on another. */
  @ParameterizedTest
  @ValueSource(strings = {"all", "client0"})
  void clientsThatAreAnsweredOnAnotherInterface(String link, LabNetwork net) throws Exception {
    Process inClient = net.client().start("sleep", "60");
    onProxy(
        net,
        """
        ip link add back0 type veth peer name back0 netns %d
        ip link set back0 up
        ip addr add 10.9.0.1/32 dev back0
        """
            .formatted(inClient.pid()));
    net.client().exec("ip", "link", "set", "back0", "up");
    onProxy(net, "ip route add 10.1.0.2/32 dev back0");
    DoctorLab lab =
        start(
            net,
            FirewallBackEnd.NFT,
            """
            web { address = "0.0.0.0:50080"
                  intercept { ports = [80], interfaces = [client0%s], sources = [10.1.0.2] } }
            """
                .formatted(link.equals("all") ? ", back0" : ""));
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy("sysctl -w net.ipv4.conf." + link + ".rp_filter=1");
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.REVERSE_PATH_FILTER, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @Test
  void aStrictCheckOfSymmetricRoutes(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    lab.onProxy("for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 >$f; done");
    lab.assertAllFlows();
    lab.assertClean(Depth.LOOK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "client0", "server0"})
  void srcValidMark(String link, LabNetwork net) throws Exception {
    breakAndCure(
        start(net, FirewallBackEnd.NFT),
        "sysctl -w net.ipv4.conf." + link + ".src_valid_mark=1",
        FindingType.SRC_VALID_MARK,
        false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "client0", "server0"})
  void srcValidMarkAndAStrictCheck(String link, LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    lab.onProxy("sysctl -w net.ipv4.conf.all.accept_local=1 net.ipv4.conf.all.rp_filter=1");
    lab.assertAllFlows();
    breakAndCure(
        lab,
        "sysctl -w net.ipv4.conf." + link + ".src_valid_mark=1",
        FindingType.SRC_VALID_MARK,
        false);
  }

  @Test
  void ipv6IsSwitchedOff(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    lab.onProxy("sysctl -w net.ipv6.conf.all.disable_ipv6=1");
    lab.assertDoesNotFlow(Transport.TCP, true);
    lab.cure(lab.assertOnly(FindingType.IPV6_OFF, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(
        """
        ip -6 address add fd00:1::1/64 dev client0 nodad
        ip -6 address add fd00:2::1/64 dev server0 nodad
        """);
    lab.assertAllFlows();
  }

  @Test
  void srcValidMarkOfWhatThisHostSends(LabNetwork net) throws Exception {
    DoctorLab lab =
        start(
            net,
            FirewallBackEnd.NFT,
            """
            web { address = "0.0.0.0:50080"
                  intercept { ports = [80], interfaces = [client0], local-output = true }
                  upstream.source = proxy }
            """);
    lab.onProxy(
        """
        sysctl -w net.ipv4.conf.all.src_valid_mark=1 net.ipv4.conf.client0.accept_local=1
        sysctl -w net.ipv4.conf.lo.rp_filter=1
        """);
    long before = lab.server().listeners().get(0).bindings().get(0).accepted();
    InetSocketAddress asked = net.server(0).at(DoctorLab.PORT);
    try (var socket = net.proxy().call(() -> new Socket(asked.getAddress(), 80))) {
      assertTrue(socket.getInputStream().readAllBytes().length > 0);
    }
    assertEquals(before + 1, lab.server().listeners().get(0).bindings().get(0).accepted());
  }

  @ParameterizedTest
  @EnumSource
  void clientsOnABridge(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    onProxy(net, BRIDGE);
    DoctorLab lab = start(net, backEnd, FROM_BRIDGE);
    lab.assertAllFlows();
    breakAndCure(
        lab, "sysctl -w net.bridge.bridge-nf-call-iptables=1", FindingType.BRIDGE_NETFILTER, false);
    breakAndCure(
        lab, "sysctl -w net.bridge.bridge-nf-call-ip6tables=1", FindingType.BRIDGE_NETFILTER, true);
  }

  /** Docker brings a bridge and the sysctl along. */
  @Test
  void aBridgeOfOthers(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    lab.onProxy(
        """
        sysctl -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
        ip link add docker0 type bridge
        ip link set docker0 up
        ip link add veth0 type veth peer name container0
        ip link set veth0 master docker0 up
        """);
    lab.assertAllFlows();
    lab.assertClean(Depth.LOOK);
  }

  @Test
  void upstreamsOnABridge(LabNetwork net) throws Exception {
    onProxy(
        net,
        """
        sysctl -w net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
        ip link add br0 type bridge
        ip addr flush dev server0
        ip -6 route del fd00:2::2/128 dev server0
        ip link set server0 master br0
        ip link set br0 up
        ip addr add 10.2.0.1/24 dev br0
        ip addr add fd00:2::1/64 dev br0 nodad
        """);
    start(net, FirewallBackEnd.NFT);
  }
}
