package dev.pellucid.runtime;

import static dev.pellucid.runtime.EditedRules.chain;
import static dev.pellucid.runtime.EditedRules.edit;
import static dev.pellucid.runtime.EditedRules.either;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.FindingType;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What this host sends is not intercepted, or what the proxy itself sends is. */
@Lab
@Timeout(60)
class LocalOutputFindingsTest {
  // Few connections that end soon, for the proxy may come to connect to itself.
  private static final String LOCAL =
      """
      tcp4 { address = "0.0.0.0:50080", max-connections = 20
        intercept { ports = [80], interfaces = [client0], local-output = true }
        timeouts { idle = 1s, half-closed = 1s } }
      """;

  private static final int MILLIS = 10_000;

  @TempDir Path folder;

  /** Asks the server from the proxy's host, and counts what the proxy has seen. */
  private static long askFromProxy(LabNetwork net, DoctorLab lab) throws Exception {
    InetSocketAddress asked = net.server(0).at(DoctorLab.PORT);
    net.proxy()
        .run(
            () -> {
              try (Socket socket = new Socket()) {
                socket.connect(asked, MILLIS);
                socket.setSoTimeout(MILLIS);
                assertEquals("10.2.0.1", new String(socket.getInputStream().readAllBytes(), UTF_8));
              }
            });
    return lab.server().listeners().get(0).bindings().get(0).accepted();
  }

  @ParameterizedTest
  @EnumSource
  void noRuleMarksWhatTheHostSends(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd, LOCAL);
    long seen = askFromProxy(net, lab);
    lab.onProxy(edit(backEnd, "/fib daddr type unicast/d", "/-A PELLUCID_OUTPUT.*comment tcp4/d"));
    assertEquals(seen, askFromProxy(net, lab), "it passes the proxy by");
    lab.cure(lab.assertOnly(FindingType.OUTPUT_NOT_MARKED, Depth.LOOK), Depth.LOOK);
    assertNotEquals(seen, askFromProxy(net, lab));
  }

  @ParameterizedTest
  @EnumSource
  void theProxysOwnMarkIsNotLetThrough(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd, LOCAL);
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(
        edit(backEnd, "/meta mark 0x00000072 accept/d", "/-A PELLUCID_OUTPUT.*-j RETURN/d"));
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.SELF_INTERCEPTION, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @ParameterizedTest
  @EnumSource
  void anotherRuleMarksWhatTheProxySends(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(
        either(
            backEnd,
            chain(
                "output",
                "type route hook output priority mangle; tcp dport 80 meta mark set 0x71"),
            "iptables -t mangle -A OUTPUT -p tcp --dport 80 -j MARK --set-mark 0x71"));
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.SELF_INTERCEPTION, Depth.LOOK), Depth.LOOK);
    lab.assertAllFlows();
  }

  @Test
  void whatTheHostSendsIsDroppedWhereItComesBack(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT, LOCAL);
    lab.onProxy(chain("input", "type filter hook input priority 0; iifname lo tcp dport 80 drop"));
    lab.assertFlows(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.INPUT_DROPPED, Depth.LOOK), Depth.LOOK);
    assertNotEquals(0, askFromProxy(net, lab));
  }
}
