package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be wrong with the rules and routes that deliver marked packets. */
@Lab
@Timeout(60)
class PolicyRoutingDoctorTest {
  private static final String DEFAULT_ROUTE =
      "ip route add default via 10.2.0.2 dev server0 onlink table ";

  @TempDir Path folder;

  private DoctorLab start(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    lab.assertAllFlows();
    lab.assertClean(Depth.LOOK);
    return lab;
  }

  /** Breaks the traffic of a family, and cures it. */
  private static Finding breakAndCure(DoctorLab lab, String script, FindingType type, boolean six)
      throws Exception {
    lab.onProxy(script);
    for (Transport transport : Transport.values()) {
      lab.assertDoesNotFlow(transport, six);
    }
    Finding finding = lab.assertOnly(type, Depth.LOOK);
    lab.cure(finding, Depth.LOOK);
    lab.assertAllFlows();
    return finding;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noRule(boolean six, LabNetwork net) throws Exception {
    String ip = six ? "ip -6" : "ip -4";
    Finding finding =
        breakAndCure(
            start(net), ip + " rule del fwmark 0x71", FindingType.POLICY_RULE_MISSING, six);
    assertEquals(ip + " rule add fwmark 0x71 lookup 71", finding.cure());
    assertTrue(
        finding.what().contains(six ? "IPv4 has such a rule" : "IPv6 has such a rule"),
        finding::what);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fwmark 0x70", "fwmark 0x71 iif nosuch", "from 10.9.0.0/16 fwmark 0x71"})
  void aRuleForOtherPackets(String selector, LabNetwork net) throws Exception {
    Finding finding =
        breakAndCure(
            start(net),
            "ip rule del fwmark 0x71; ip rule add " + selector + " lookup 71",
            FindingType.POLICY_RULE_MISSING,
            false);
    assertTrue(finding.what().contains("fwmark 0x7"), finding::what);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // As wg-quick does, when it starts later.
        "ip rule add not fwmark 0xca6c lookup 51820; ip rule add lookup 254 suppress_prefixlength 0;"
            + DEFAULT_ROUTE
            + "51820",
        "ip rule add lookup 254 suppress_prefixlength 0",
        "ip rule add pref 100 fwmark 0x1/0x1 lookup 100;" + DEFAULT_ROUTE + "100",
        "ip rule add pref 100 fwmark 0x1/0x1 lookup 100;"
            + " ip route add blackhole default table 100",
        "ip rule add iif client0 lookup 100;" + DEFAULT_ROUTE + "100",
        "ip rule add from 10.1.0.0/24 fwmark 0x1/0x1 prohibit",
        "ip rule add pref 100 fwmark 0x1/0x1 unreachable",
        "ip rule add pref 100 goto 32766",
        "ip rule add pref 100 goto 102; ip rule add pref 102 fwmark 0x1/0x1 lookup 100;"
            + DEFAULT_ROUTE
            + "100"
      })
  void aRuleAhead(String script, LabNetwork net) throws Exception {
    breakAndCure(start(net), script, FindingType.POLICY_RULE_SHADOWED, false);
  }

  /** Where the configuration names no addresses, rules may be about those that the host knows. */
  @Test
  void aRuleAheadForSomeAddresses(LabNetwork net) throws Exception {
    String anywhere = "web { address = \"0.0.0.0:50080\", intercept { ports = [80] } }";
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT, anywhere);
    for (String selector :
        List.of(
            "",
            "iif client0",
            "iif server0",
            "uidrange 0-0",
            "from 10.1.0.0/24",
            "to 10.2.0.0/24",
            "ipproto tcp",
            "ipproto tcp dport 80",
            "ipproto tcp sport 79-81")) {
      String rule = "ip rule add pref 10 " + selector + " lookup main";
      assertShadowed(lab, rule, "ip rule del pref 10 " + selector + " lookup main");
    }
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(
        """
        ip rule add pref 10 iif nosuch lookup main
        ip rule add pref 10 not uidrange 0-0 lookup main
        ip rule add pref 10 ipproto udp lookup main
        ip rule add pref 10 dport 79 lookup main
        ip rule add pref 10 from 10.77.0.0/16 lookup main
        ip rule add pref 10 from 10.2.0.1 lookup main
        """);
    lab.assertFlows(Transport.TCP, false);
    lab.assertClean(Depth.LOOK);
  }

  private static void assertShadowed(DoctorLab lab, String script, String undo) throws Exception {
    lab.onProxy(script);
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.POLICY_RULE_SHADOWED, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(undo);
    lab.onProxy("ip rule del fwmark 0x71; ip rule add fwmark 0x71 lookup 71");
  }

  @Test
  void aRuleAheadForSomeAddressesByANamedInterface(LabNetwork net) throws Exception {
    String listener =
        "web { address = \"0.0.0.0:50080\", intercept { ports = [80], interfaces = [client0] } }";
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT, listener);
    String rule = "pref 10 iif client0 to 10.2.0.0/24 lookup main";
    assertShadowed(lab, "ip rule add " + rule, "ip rule del " + rule);
  }

  @Test
  void anIpv6RuleAhead(LabNetwork net) throws Exception {
    breakAndCure(
        start(net),
        "ip -6 rule add fwmark 0x1/0x1 lookup 100; ip -6 route add default via fd00:2::2 dev server0 table 100",
        FindingType.POLICY_RULE_SHADOWED,
        true);
  }

  @Test
  void harmlessRulesAhead(LabNetwork net) throws Exception {
    DoctorLab lab = start(net);
    lab.onProxy(
        """
        # Tailscale's
        ip rule add pref 5210 fwmark 0x80000/0xff0000 lookup 254
        ip rule add pref 5230 fwmark 0x80000/0xff0000 lookup 253
        ip rule add pref 5250 fwmark 0x80000/0xff0000 unreachable
        ip rule add pref 5270 lookup 52
        ip route add 100.100.100.100/32 dev server0 table 52
        # For others, or without an answer.
        ip rule add pref 100 iif nosuch unreachable
        ip rule add pref 101 from 10.77.0.0/16 unreachable
        ip rule add pref 102 to 10.77.0.0/16 unreachable
        ip rule add pref 103 lookup 103
        ip route add throw default table 103
        ip rule add pref 104 goto 106
        ip rule add pref 105 unreachable
        ip rule add pref 106 nop
        ip rule add pref 107 lookup 107 suppress_prefixlength 0
        ip route add default via 10.2.0.2 dev server0 onlink table 107
        ip rule add pref 108 not fwmark 0x1/0x1 lookup 108
        # Delivers too.
        ip rule add pref 109 fwmark 0x1/0x1 lookup 109
        ip route add local default dev lo table 109
        """);
    lab.assertAllFlows();
    lab.assertClean(Depth.LOOK);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noRoute(boolean six, LabNetwork net) throws Exception {
    String ip = six ? "ip -6" : "ip -4";
    Finding finding =
        breakAndCure(
            start(net),
            ip + " route del local default dev lo table 71",
            FindingType.LOCAL_ROUTE_MISSING,
            six);
    assertEquals(ip + " route replace local default dev lo table 71", finding.cure());
  }

  @Test
  void aRouteForEachHalf(LabNetwork net) throws Exception {
    DoctorLab lab = start(net);
    lab.onProxy("ip route del local default dev lo table 71");
    lab.onProxy("ip route add local 0.0.0.0/1 dev lo table 71");
    lab.assertOnly(FindingType.LOCAL_ROUTE_MISSING, Depth.LOOK);
    lab.onProxy("ip route add local 128.0.0.0/1 dev lo table 71");
    lab.assertAllFlows();
    lab.assertClean(Depth.LOOK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip route replace default via 10.2.0.2 dev server0 onlink table 71",
        "ip route del local default dev lo table 71;"
            + " ip route add local 192.168.0.0/16 dev lo table 71"
      })
  void anotherRoute(String script, LabNetwork net) throws Exception {
    breakAndCure(start(net), script, FindingType.LOCAL_ROUTE_MISSING, false);
  }

  @Test
  void anotherProgramTakesTraffic(LabNetwork net) throws Exception {
    DoctorLab lab = start(net);
    FindingType shadowed = FindingType.POLICY_RULE_SHADOWED;
    breakAndCure(lab, "ip rule add fwmark 0x71 lookup 100;" + DEFAULT_ROUTE + "100", shadowed);
    breakAndCure(lab, "ip rule add pref 5 fwmark 0x71 blackhole", shadowed);
    breakAndCure(lab, "ip rule add pref 5 fwmark 0x71/0x73 lookup 100", shadowed);
    FindingType unlocal = FindingType.LOCAL_ROUTE_MISSING;
    breakAndCure(lab, "ip route add 10.2.0.2/32 dev server0 table 71", unlocal);
    breakAndCure(lab, "ip route add blackhole 10.2.0.0/24 table 71", unlocal);
    breakAndCure(lab, "ip rule add from 10.1.0.0/24 lookup 71", FindingType.SELF_INTERCEPTION);
  }

  private static void breakAndCure(DoctorLab lab, String script, FindingType type)
      throws Exception {
    lab.onProxy(script);
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(type, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @Test
  void discardingRules(LabNetwork net) throws Exception {
    DoctorLab lab = start(net);
    for (String action : List.of("blackhole", "unreachable", "prohibit")) {
      lab.onProxy("ip rule add pref 40000 fwmark 0x71 " + action);
      lab.cure(lab.assertOnly(FindingType.NAME_TAKEN, Depth.LOOK), Depth.LOOK);
    }
    lab.onProxy("test \"$(ip rule | grep -c 0x71)\" = 1");
  }

  @Test
  void anotherProgramsTrafficIsTaken(LabNetwork net) throws Exception {
    DoctorLab lab = start(net);
    String delivered = "ip route get 10.2.0.2 mark 0x5 | grep -q ^local";
    lab.onProxy("! " + delivered);
    lab.onProxy("ip rule add pref 40 fwmark 0x5 lookup 71");
    lab.onProxy(delivered);
    Finding finding = lab.assertOnly(FindingType.NAME_TAKEN, Depth.LOOK);
    assertTrue(finding.cure().contains("pellucid.rules.route-table"), finding::cure);
    lab.cure(finding, Depth.LOOK);
    lab.onProxy("! " + delivered);
    lab.assertAllFlows();
  }

  @Test
  void whereNothingIsMarked(LabNetwork net) throws Exception {
    DoctorLab lab =
        DoctorLab.start(
            net,
            folder,
            FirewallBackEnd.NFT,
            """
            web { address = "0.0.0.0:50080", intercept { mode = redirect, ports = [80] }
                  upstream.source = proxy }
            """);
    lab.onProxy("ip link set lo down; ip rule add fwmark 0x71 lookup 100");
    lab.assertClean(Depth.LOOK);
    assertEquals(
        List.of(), net.proxy().call(() -> Doctor.examine(HostRequirements.NONE, Depth.LOOK)));
  }
}
