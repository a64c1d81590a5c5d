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
import dev.pellucid.runtime.host.examination.FindingType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rules that somebody wrote by hand in place of Pellucid's, and broke. */
@Lab
@Timeout(60)
class HandWrittenFindingsTest {
  private static final String ROUTING =
      """
      ip rule add fwmark 1 lookup 100
      ip route add local 0.0.0.0/0 dev lo table 100
      """;

  private static final String IPTABLES =
      ROUTING
          + """
          iptables -t mangle -N DIVERT
          iptables -t mangle -A PREROUTING -p tcp -m socket --transparent -j DIVERT
          iptables -t mangle -A DIVERT -p tcp --syn -j RETURN
          iptables -t mangle -A DIVERT -j MARK --set-mark 1
          iptables -t mangle -A DIVERT -j ACCEPT
          iptables -t mangle -A PREROUTING -i client0 -p tcp --dport 80 \
            -j TPROXY --tproxy-mark 0x1/0x1 --on-port 50080
          """;

  private static final String NFT =
      ROUTING
          + """
          nft -f - <<'END'
          table inet tp {
            chain pre {
              type filter hook prerouting priority -150;
              tcp flags != syn socket transparent 1 meta mark set 1 accept
              iifname client0 tcp dport 80 tproxy ip to :50080 meta mark set 1 accept
            }
          }
          END
          """;

  /** A listener, and behind it the names that most recipes on the web use. */
  private static String listener(String more) {
    return """
      web { address = "0.0.0.0:50080", intercept { ports = [80], interfaces = [client0], %s } }
    }
    pellucid.rules { mark = 1, route-table = 100
    """
        .formatted(more);
  }

  @TempDir Path folder;

  private DoctorLab start(
      LabNetwork net, FirewallBackEnd backEnd, String recipe, String onProxyDown) throws Exception {
    DoctorLab lab =
        DoctorLab.start(net, folder, backEnd, listener("on-proxy-down = " + onProxyDown));
    lab.onProxy(lab.wanted().rules().removing().text());
    lab.onProxy(recipe);
    lab.assertClean(Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
    return lab;
  }

  private static void breakAndCure(DoctorLab lab, String script, FindingType type)
      throws Exception {
    lab.onProxy(script);
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(type, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @Test
  void anAcceptInAnyTableComesFirst(LabNetwork net) throws Exception {
    breakAndCure(
        start(net, FirewallBackEnd.NFT, NFT, "bypass"),
        "nft insert rule inet tp pre tcp dport 80 accept",
        FindingType.TPROXY_SHADOWED);
  }

  @Test
  void nobodyMarksWhatSocketsOwn(LabNetwork net) throws Exception {
    breakAndCure(
        start(net, FirewallBackEnd.NFT, IPTABLES, "block"),
        "iptables -t mangle -D DIVERT -j MARK --set-mark 1",
        FindingType.DIVERT_MISSING);
  }

  @Test
  void anotherMarkIsGiven(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT, IPTABLES, "block");
    breakAndCure(
        lab,
        "iptables -t mangle -R PREROUTING 2 -i client0 -p tcp --dport 80"
            + " -j TPROXY --tproxy-mark 0x2/0x2 --on-port 50080",
        FindingType.TPROXY_MISSING);
    breakAndCure(
        lab,
        """
        nft delete table inet pellucid
        iptables -t mangle -A PREROUTING -i client0 -p tcp --dport 80 \
          -j TPROXY --tproxy-mark 0x1/0x1 --on-port 50080
        iptables -t mangle -R DIVERT 2 -j MARK --set-mark 2
        """,
        FindingType.DIVERT_MISSING);
  }

  @Test
  void aDropIsInTheWayOfABypass(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT, NFT, "bypass");
    lab.onProxy("nft add rule inet tp pre tcp dport 80 drop");
    lab.cure(lab.assertOnly(FindingType.ON_PROXY_DOWN, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @Test
  void theRouteGoesByOneBitOfTheMark(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT, IPTABLES, "block");
    lab.onProxy(
        """
        ip rule del fwmark 1
        ip rule add fwmark 0x1/0x1 lookup 100
        iptables -t mangle -I PREROUTING -j MARK --or-mark 0x100
        iptables -t mangle -R DIVERT 2 -j MARK --set-xmark 0x1/0x1
        """);
    lab.assertFlows(Transport.TCP, false);
    lab.assertClean(Depth.LOOK);
  }

  @Test
  void aRedirectGoesToAnotherPort(LabNetwork net) throws Exception {
    DoctorLab lab =
        DoctorLab.start(
            net,
            folder,
            FirewallBackEnd.NFT,
            """
            near { address = "0.0.0.0:50080"
                   intercept { mode = redirect, ports = [80], interfaces = [client0] } }
            """);
    lab.onProxy("nft flush chain inet pellucid nat_prerouting");
    breakAndCure(
        lab,
        "iptables -t nat -A PREROUTING -i client0 -p tcp --dport 80 -j REDIRECT --to-ports 50081",
        FindingType.TPROXY_WRONG_PORT);
  }

  @Test
  void datagramsGoToSocketsFirst(LabNetwork net) throws Exception {
    DoctorLab lab =
        DoctorLab.start(
            net,
            folder,
            FirewallBackEnd.NFT,
            """
              dns { transport = udp, address = "0.0.0.0:50080"
                    intercept { ports = [80], interfaces = [client0] } }
            }
            pellucid.rules { mark = 1, route-table = 100
            """);
    lab.onProxy(lab.wanted().rules().removing().text());
    lab.onProxy(
        IPTABLES
            .replace("iptables -t mangle -A DIVERT -p tcp --syn -j RETURN\n", "")
            .replace("tcp", "udp"));
    lab.cure(lab.assertOnly(FindingType.DIVERT_UDP_FIRST, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.UDP, false);
  }

  @Test
  void theConfigurationHasOtherNames(LabNetwork net) throws Exception {
    DoctorLab lab =
        DoctorLab.start(
            net,
            folder,
            FirewallBackEnd.NFT,
            "web { address = \"0.0.0.0:50080\", intercept { ports = [80], interfaces = [client0] }"
                + " }");
    lab.onProxy(lab.wanted().rules().removing().text());
    lab.onProxy(IPTABLES);
    lab.assertFlows(Transport.TCP, false);
    Examination examination =
        net.proxy().call(() -> Doctor.examineAndTell(lab.wanted(), Depth.LOOK));
    assertEquals(List.of(), examination.findings());
    String note = examination.notes().get(0);
    assertTrue(note.contains("{ mark = 1, route-table = 100 }"), note);
  }
}
