package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Examination;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the way on the living path: to the proxy, to its upstreams, and back. */
@Lab
@Timeout(60)
class PathFindingsLabTest {
  /** Sends TCP of both families, and UDP, to the server. */
  private static final String POOLS =
      """
      tcp4 { address = "0.0.0.0:50080", intercept { ports = [80], interfaces = [client0] }
             upstream { route = pool, balancer { type = first }, pool = [ { address = "10.2.0.2:80" } ] } }
      tcp6 { address = "[::]:50080", intercept { ports = [80], interfaces = [client0] }
             upstream { route = pool, balancer { type = first }, pool = [ { address = "[fd00:2::2]:80" } ] } }
      udp4 { transport = udp, address = "0.0.0.0:50080"
             intercept { ports = [80], interfaces = [client0] }
             upstream { route = pool, balancer { type = first }, pool = [ { address = "10.2.0.2:80" } ] } }
      """;

  @TempDir Path folder;

  private DoctorLab start(LabNetwork net, String listeners) throws Exception {
    return DoctorLab.start(net, folder, FirewallBackEnd.NFT, listeners);
  }

  @ParameterizedTest
  @EnumSource
  void poolsAreClean(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd, POOLS);
    lab.assertFlows(Transport.TCP, false);
    lab.assertFlows(Transport.TCP, true);
    String links = net.proxy().exec("ip", "link");
    assertEquals(new Examination(List.of(), List.of()), tell(lab, net));
    assertEquals(links, net.proxy().exec("ip", "link"), "nothing is left behind");
    lab.assertFlows(Transport.TCP, false);
  }

  private static Examination tell(DoctorLab lab, LabNetwork net) throws Exception {
    return net.proxy().call(() -> Doctor.examineAndTell(lab.wanted(), Depth.PROBE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        any { address = "0.0.0.0:50080", intercept { ports = [80] }
              upstream { route = pool, balancer { type = first }, pool = [ { address = "10.2.0.2:80" } ] } }
        """,
        """
        some { address = "0.0.0.0:50080"
               intercept { ports = [80], interfaces = [client0]
                           sources = ["10.1.0.0/25"], destinations = ["10.2.0.0/24"] } }
        """,
        """
        local { address = "0.0.0.0:50080", intercept { ports = [80], local-output = true }
                upstream { route = pool, balancer { type = first }, pool = [ { address = "10.2.0.2:80" } ] } }
        """,
        """
        foreign { address = "203.0.113.7:443", intercept { mode = foreign }
                  upstream { route = pool, balancer { type = first }, pool = [ { address = "10.2.0.2:80" } ] } }
        """,
        """
        foreign6 { address = "[2001:db8::7]:443"
                   intercept { mode = foreign, interfaces = [client0] }
                   upstream { route = pool, balancer { type = first }, pool = [ { address = "[fd00:2::2]:80" } ] } }
        """,
        """
        redirected { address = "0.0.0.0:50080"
                     intercept { mode = redirect, ports = [80], interfaces = [client0] }
                     upstream { route = pool, balancer { type = first }, pool = [ { address = "10.2.0.2:80" } ] } }
        """,
        """
        reverse { address = "10.1.0.1:8080", intercept { mode = none }
                  upstream { route = pool, source = client-ip, balancer { type = first }
                             pool = [ { address = "10.2.0.2:80" } ] } }
        """,
        """
        reverse6 { address = "[::]:8080", intercept { mode = none }
                   upstream { route = pool, source = client-ip, balancer { type = first }
                              pool = [ { address = "[fd00:2::2]:80" } ] } }
        """
      })
  void everyWayInIsClean(String listener, LabNetwork net) throws Exception {
    start(net, listener).assertClean(Depth.PROBE);
  }

  @Test
  void noRoute(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, POOLS);
    lab.onProxy("ip route add 10.2.0.2 dev server0 metric 9; ip route del 10.2.0.2 metric 0");
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy("ip route add unreachable 10.2.0.2");
    lab.assertDoesNotFlow(Transport.TCP, false);
    Finding finding = lab.assertOnly(FindingType.NO_ROUTE, Depth.PROBE);
    assertEquals("ip -4 route del unreachable 10.2.0.2 table 254", finding.cure());
    lab.cure(finding, Depth.PROBE);
    lab.assertFlows(Transport.TCP, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unreachable", "blackhole", "prohibit"})
  void noRouteOfIpv6(String type, LabNetwork net) throws Exception {
    DoctorLab lab = start(net, POOLS);
    lab.onProxy("ip -6 route add " + type + " fd00:2::2 metric 1");
    lab.assertDoesNotFlow(Transport.TCP, true);
    lab.cure(lab.assertOnly(FindingType.NO_ROUTE, Depth.LOOK), Depth.PROBE);
    lab.assertFlows(Transport.TCP, true);
  }

  @Test
  void noRouteAtAll(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, POOLS);
    lab.onProxy("ip route del 10.2.0.2");
    lab.assertDoesNotFlow(Transport.TCP, false);
    assertTrue(lab.assertOnly(FindingType.NO_ROUTE, Depth.LOOK).cure().startsWith("#"));
    assertEquals(
        List.of("No traffic was sent: cure these first, then probe again."),
        tell(lab, net).notes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"reject with tcp reset", "drop"})
  void upstreamDown(String verdict, LabNetwork net) throws Exception {
    DoctorLab lab = start(net, POOLS);
    lab.onServer(
        """
        nft -f - <<'END'
        table ip away {
          chain input {
            type filter hook input priority 0
            tcp dport 80 %s
          }
        }
        END
        """
            .formatted(verdict));
    lab.assertDoesNotFlow(Transport.TCP, false);
    Finding finding = lab.assertOnly(FindingType.UPSTREAM_DOWN, Depth.PROBE);
    assertTrue(finding.cure().startsWith("# on 10.2.0.2, start "), finding.cure());
    lab.onServer("nft delete table ip away");
    lab.assertClean(Depth.PROBE);
    lab.assertFlows(Transport.TCP, false);
  }

  @Test
  void udpUpstreamDown(LabNetwork net) throws Exception {
    DoctorLab lab =
        start(
            net,
            """
            udp4 { transport = udp, address = "0.0.0.0:50080"
                   intercept { ports = [80], interfaces = [client0] }
                   upstream { route = pool, balancer { type = first }, pool = [ { address = "10.2.0.2:81" } ] } }
            """);
    lab.assertDoesNotFlow(Transport.UDP, false);
    lab.assertOnly(FindingType.UPSTREAM_DOWN, Depth.PROBE);
  }

  @Test
  void returnPath(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, POOLS);
    lab.onServer("ip route add unreachable 10.1.0.0/24");
    lab.assertDoesNotFlow(Transport.TCP, false);
    Finding finding = lab.assertOnly(FindingType.RETURN_PATH, Depth.PROBE);
    assertEquals(
        "ip -4 route replace 10.1.0.0/24 via 10.2.0.1 # on 10.2.0.2, not here", finding.cure());
    lab.cureOnServer(finding, Depth.PROBE);
    lab.assertFlows(Transport.TCP, false);
  }

  /** Of a reverse proxy at any address, nothing tells where its clients are. */
  @Test
  void aClientThatIsNamed(LabNetwork net) throws Exception {
    DoctorLab lab =
        start(
            net,
            """
            reverse { address = "0.0.0.0:8080", intercept { mode = none }
                      upstream { route = pool, source = client-ip, balancer { type = first }
                                 pool = [ { address = "10.2.0.2:80" } ] } }
            """);
    lab.onServer("ip route add unreachable 10.9.0.0/16");
    Examination unnamed = tell(lab, net);
    assertEquals(List.of(), unnamed.findings());
    assertTrue(unnamed.notes().get(0).endsWith("Name one with --probe-client."));
    HostRequirements named =
        lab.wanted().withProbeClients(List.of(InetAddress.getByName("10.9.9.9")));
    Examination examination = net.proxy().call(() -> Doctor.examineAndTell(named, Depth.PROBE));
    assertEquals(
        List.of("ip -4 route replace 10.9.9.9/32 via 10.2.0.1 # on 10.2.0.2, not here"),
        examination.findings().stream().map(Finding::cure).toList());
  }

  @Test
  void returnPathOfIpv6(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, POOLS);
    lab.onServer("ip -6 route del default");
    lab.assertDoesNotFlow(Transport.TCP, true);
    lab.cureOnServer(lab.assertOnly(FindingType.RETURN_PATH, Depth.PROBE), Depth.PROBE);
    lab.assertFlows(Transport.TCP, true);
  }

  @Test
  void clientPath(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, POOLS);
    lab.onProxy(
        """
        nft -f - <<'END'
        table netdev early {
          chain ingress {
            type filter hook ingress device "client0" priority 0
            tcp dport 80 drop
          }
        }
        END
        """);
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.assertDoesNotFlow(Transport.TCP, true);
    lab.cure(lab.assertOnly(FindingType.CLIENT_PATH, Depth.PROBE), Depth.PROBE);
    lab.assertFlows(Transport.TCP, false);
    lab.assertFlows(Transport.TCP, true);
  }
}
