package dev.pellucid.runtime;

import static dev.pellucid.runtime.EditedRules.edit;
import static dev.pellucid.runtime.EditedRules.either;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.FindingType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transparent sockets get less than what is theirs, or more. */
@Lab
@Timeout(60)
class DivertFindingsTest {
  private static final int PATIENCE_MILLIS = 10_000;

  @TempDir Path folder;

  private static void breakAndCure(
      DoctorLab lab, String script, Transport failing, FindingType type) throws Exception {
    lab.assertFlows(failing, false);
    lab.onProxy(script);
    lab.assertDoesNotFlow(failing, false);
    lab.cure(lab.assertOnly(type, Depth.LOOK), Depth.LOOK);
    lab.assertAllFlows();
  }

  @ParameterizedTest
  @EnumSource
  void noRuleForTcp(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        edit(backEnd, "/nfproto ipv4.*tcp flags.*jump divert/d", "/-p tcp.*-m socket/d"),
        Transport.TCP,
        FindingType.DIVERT_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void noRuleForUdp(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        edit(backEnd, "/nfproto ipv4.*l4proto udp jump divert/d", "/-p udp.*-m socket/d"),
        Transport.UDP,
        FindingType.DIVERT_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void onlyFromTheClientsInterface(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        edit(
            backEnd,
            "/nfproto ipv4.*tcp flags.*jump divert/s/meta nfproto/iifname \"client0\" meta nfproto/",
            "/-p tcp.*-m socket/s/-p tcp/-i client0 -p tcp/"),
        Transport.TCP,
        FindingType.DIVERT_INTERFACE);
  }

  @ParameterizedTest
  @EnumSource
  void newConnectionsGoToSocketsInTimeWait(FirewallBackEnd backEnd, LabNetwork net)
      throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    lab.onProxy(
        edit(
            backEnd,
            "s/.*nfproto ipv4.*tcp flags.*jump divert/meta nfproto ipv4 meta l4proto tcp jump divert/",
            "/-m socket/s/! --tcp-flags FIN,SYN,RST,ACK SYN//"));
    assertEquals(
        1, resetsOfASecondConnection(net, 40001), "the first SYN met a socket in TIME_WAIT");
    lab.cure(lab.assertOnly(FindingType.DIVERT_SYN, Depth.LOOK), Depth.LOOK);
    assertEquals(0, resetsOfASecondConnection(net, 40002), "it met the listener");
    lab.assertAllFlows();
  }

  // A socket in TIME_WAIT answers a SYN with an acknowledgement of what has long been said. The
  // client resets that and tries again.
  private static long resetsOfASecondConnection(LabNetwork net, int port) throws Exception {
    InetSocketAddress asked = net.server(0).at(DoctorLab.PORT);
    return net.client()
        .call(
            () -> {
              connect(asked, port);
              long before = resets();
              connect(asked, port);
              return resets() - before;
            });
  }

  // The server closes first, and so does the proxy towards the client.
  private static void connect(InetSocketAddress asked, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress("10.1.0.2", port));
      socket.connect(asked, PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      assertEquals("10.1.0.2", new String(socket.getInputStream().readAllBytes(), UTF_8));
    }
  }

  /** How many resets the calling thread's host has sent. */
  private static long resets() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
            .filter(line -> line.startsWith("Tcp:"))
            .toList();
    List<String> names = List.of(lines.get(0).split(" ", -1));
    return Long.parseLong(lines.get(1).split(" ", -1)[names.indexOf("OutRsts")]);
  }

  /** This proxy's own sockets are connected elsewhere: it is others' that would take datagrams. */
  @ParameterizedTest
  @EnumSource
  void datagramsGoToSocketsFirst(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    lab.onProxy(
        either(
            backEnd,
            "nft insert rule inet pellucid prerouting"
                + " meta nfproto ipv4 meta l4proto udp jump divert",
            "iptables -t mangle -I PELLUCID -p udp -m socket --transparent -j PELLUCID_DIVERT"));
    lab.cure(lab.assertOnly(FindingType.DIVERT_UDP_FIRST, Depth.LOOK), Depth.LOOK);
    lab.assertAllFlows();
  }
}
