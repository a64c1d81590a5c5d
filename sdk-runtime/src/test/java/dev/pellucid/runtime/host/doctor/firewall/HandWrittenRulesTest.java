package dev.pellucid.runtime.host.doctor.firewall;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.Rules;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.ruleset.PaperRuleset;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the check concludes from rules that somebody wrote by hand, and broke. */
class HandWrittenRulesTest {
  private static final String CALL = "-A PREROUTING -p tcp -m socket --transparent -j DIVERT\n";
  private static final String TPROXY =
      "-A PREROUTING -p tcp -m tcp --dport 80"
          + " -j TPROXY --on-port 50080 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1\n";
  private static final String NEW =
      "-A DIVERT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j RETURN\n";
  private static final String MARK = "-A DIVERT -j MARK --set-xmark 0x1/0xffffffff\n";
  private static final String ACCEPT = "-A DIVERT -j ACCEPT\n";

  private static final String REPLACES_CALL =
      "iptables -t mangle -D PREROUTING -p tcp -m socket --transparent -j DIVERT\napply";

  private static final Interfaces INTERFACES =
      new Interfaces(
          Stream.of("lan0", "wan0")
              .map(name -> new Interface(name, Set.of("UP"), true, "", Optional.empty(), List.of()))
              .toList());

  private static Intercept web() {
    return Intercept.tcp("web", new InetSocketAddress("0.0.0.0", 50080), List.of(PortRange.of(80)));
  }

  private static List<Finding> examine(Intercept intercept, String table, String... rules)
      throws Exception {
    return examine(intercept, Map.of(), table, rules);
  }

  private static List<Finding> examine(
      Intercept intercept, Map<IpFamily, Integer> masks, String table, String... rules)
      throws Exception {
    String listing =
        Stream.of(rules)
            .collect(
                joining(
                    "", "*" + table + "\n:PREROUTING ACCEPT [0:0]\n:DIVERT - [0:0]\n", "COMMIT\n"));
    Rules wanted = Rules.of(List.of(intercept)).withNames(new RuleNames("pellucid", 1, 2, 100));
    return FirewallCheck.examine(
        new Firewall(
            new RulesWalk(
                PaperRuleset.iptables(listing),
                HandOver.of(INTERFACES, List.of(intercept), Set.of()),
                Set.of()),
            address -> Optional.of("wan0"),
            new Surroundings(INTERFACES, List.of(), List.of(), false),
            new HostRequirements(wanted, List.of(), "apply"),
            masks));
  }

  private static List<Finding> mangle(String... rules) throws Exception {
    return examine(web(), "mangle", rules);
  }

  private static Finding only(FindingType type, List<Finding> findings) {
    assertEquals(List.of(type), findings.stream().map(Finding::type).toList(), findings::toString);
    return findings.get(0);
  }

  @Test
  void allIsWell() throws Exception {
    assertEquals(List.of(), mangle(CALL, TPROXY, NEW, MARK, ACCEPT));
  }

  @Test
  void networksThatNobodyHasAreNotWhereClientsGo() throws Exception {
    List<String> rules = new ArrayList<>();
    for (String network : List.of("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")) {
      rules.add("-A PREROUTING -s %s -j DROP\n".formatted(network));
      rules.add("-A PREROUTING -d %s -j DROP\n".formatted(network));
    }
    rules.addAll(List.of(CALL, TPROXY, NEW, MARK, ACCEPT));
    assertEquals(List.of(), mangle(rules.toArray(String[]::new)));
  }

  @Test
  void nothingIsTracked() throws Exception {
    String raw =
        """
        COMMIT
        *raw
        :PREROUTING ACCEPT [0:0]
        -A PREROUTING -j CT --notrack
        COMMIT
        *filter
        :INPUT DROP [0:0]
        """;
    String established = "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n";
    String marked = "-A INPUT -m conntrack --ctstate NEW,UNTRACKED -m mark --mark 0x1 -j ACCEPT\n";
    assertEquals(List.of(), mangle(CALL, TPROXY, NEW, MARK, ACCEPT, raw, established, marked));
    only(
        FindingType.INPUT_DROPPED,
        mangle(
            CALL, TPROXY, NEW, MARK, ACCEPT, raw, established, marked.replace(",UNTRACKED", "")));
  }

  @Test
  void anAcceptIsNotToBlameForAMarkThatNobodySets() throws Exception {
    Finding finding = only(FindingType.DIVERT_MISSING, mangle(CALL, TPROXY, NEW, ACCEPT));
    assertEquals(REPLACES_CALL, finding.cure());
  }

  @Test
  void whatEndsTheChainBeforehandIsToBlame() throws Exception {
    String first = "-A PREROUTING -p tcp -m tcp --dport 80 -j ACCEPT\n";
    String second = "-A PREROUTING -p tcp -m tcp --dport 80:81 -j RETURN\n";
    List<Finding> findings = mangle(first, second, CALL, TPROXY, NEW, MARK, ACCEPT);
    assertEquals(
        Set.of(
            "iptables -t mangle -D PREROUTING -p tcp -m tcp --dport 80 -j ACCEPT",
            "iptables -t mangle -D PREROUTING -p tcp -m tcp --dport 80:81 -j RETURN"),
        Set.copyOf(findings.stream().map(Finding::cure).toList()));
    findings.forEach(finding -> assertEquals(FindingType.TPROXY_SHADOWED, finding.type()));
  }

  @Test
  void aRuleThatIsInTheWayTwiceIsOneFinding() throws Exception {
    Finding finding =
        only(
            FindingType.TPROXY_SHADOWED,
            mangle("-A PREROUTING -j ACCEPT\n", CALL, TPROXY, NEW, MARK, ACCEPT));
    assertEquals("listener web, IPv4 TCP", finding.subject());
    assertEquals("iptables -t mangle -D PREROUTING -j ACCEPT", finding.cure());
  }

  @Test
  void anotherMarkForWhatSocketsOwn() throws Exception {
    String other = "-A DIVERT -j MARK --set-xmark 0x2/0xffffffff\n";
    Finding finding = only(FindingType.DIVERT_MISSING, mangle(CALL, TPROXY, NEW, other, ACCEPT));
    assertEquals(REPLACES_CALL, finding.cure());
  }

  @Test
  void marksForOtherPurposesAreNotToBlame() throws Exception {
    String quality = "-A PREROUTING -p tcp -j MARK --set-xmark 0x2/0xffffffff\n";
    Finding finding =
        only(FindingType.DIVERT_MISSING, mangle(quality, TPROXY.replace("0x1/0x1", "0x1")));
    assertEquals("apply", finding.cure());
  }

  @Test
  void aRuleThatHandsOverWithAnotherMark() throws Exception {
    String other = TPROXY.replace("0x1/0x1", "0x2/0x2");
    Finding finding = only(FindingType.TPROXY_MISSING, mangle(CALL, other, NEW, MARK, ACCEPT));
    assertEquals(other.strip().replace("-A", "iptables -t mangle -D") + "\napply", finding.cure());
  }

  @Test
  void aRuleThatDropsWhileTheProxyIsDown() throws Exception {
    List<Finding> findings =
        examine(
            web().withOnProxyDown(OnProxyDown.BYPASS), "mangle", CALL, TPROXY, NEW, MARK, ACCEPT);
    Finding finding = only(FindingType.ON_PROXY_DOWN, findings);
    assertEquals(TPROXY.strip().replace("-A", "iptables -t mangle -D") + "\napply", finding.cure());
  }

  @Test
  void theOtherBitsOfAMarkAreOthers() throws Exception {
    String quality = "-A PREROUTING -j MARK --set-xmark 0x100/0x100\n";
    String bit = "-A DIVERT -j MARK --set-xmark 0x1/0x1\n";
    String[] rules = {quality, CALL, TPROXY, NEW, bit, ACCEPT};
    assertEquals(
        List.of(), examine(web(), Map.of(IpFamily.IPV4, 0x1), "mangle", rules), "fwmark 0x1/0x1");
    assertEquals(
        Set.of(FindingType.TPROXY_MISSING, FindingType.DIVERT_MISSING),
        Set.copyOf(mangle(rules).stream().map(Finding::type).toList()),
        "fwmark 0x1");
  }

  @Test
  void othersTakeTheBitsThatCount() throws Exception {
    String quality = "-A PREROUTING -j MARK --set-xmark 0x100/0x100\n";
    String ssh = "-A PREROUTING -p tcp -m tcp --dport 22 -j MARK --set-xmark 0x1/0x1\n";
    Finding finding =
        only(
            FindingType.NAME_TAKEN,
            examine(
                web(),
                Map.of(IpFamily.IPV4, 0x1),
                "mangle",
                quality,
                ssh,
                CALL,
                TPROXY,
                NEW,
                MARK,
                ACCEPT));
    assertEquals(ssh.strip().replace("-A", "iptables -t mangle -D"), finding.cure());
  }

  @Test
  void whatTakesTooMuchIsReplacedForItTakesWhatIsWantedToo() throws Exception {
    Finding finding =
        only(
            FindingType.NAME_TAKEN,
            examine(
                web().withInterfaces(List.of("lan0")), "mangle", CALL, TPROXY, NEW, MARK, ACCEPT));
    assertEquals(TPROXY.strip().replace("-A", "iptables -t mangle -D") + "\napply", finding.cure());
  }

  @ParameterizedTest
  @CsvSource({
    "REDIRECT --to-ports 50081, TPROXY_WRONG_PORT, true",
    "DNAT --to-destination 127.0.0.1:50081, TPROXY_WRONG_PORT, true",
    "DNAT --to-destination 10.9.9.9:80, NAT, false"
  })
  void aRedirectToAnotherPort(String target, FindingType type, boolean applied) throws Exception {
    Intercept redirect =
        Intercept.redirect(
            "web", new InetSocketAddress("0.0.0.0", 50080), List.of(PortRange.of(80)));
    String rule = "PREROUTING -p tcp -m tcp --dport 80 -j " + target;
    Finding finding = only(type, examine(redirect, "nat", "-A " + rule + "\n"));
    assertEquals("iptables -t nat -D " + rule + (applied ? "\napply" : ""), finding.cure());
  }

  @Test
  void theCallForDatagramsHasToMove() throws Exception {
    Intercept dns =
        Intercept.udp("dns", new InetSocketAddress("0.0.0.0", 50080), List.of(PortRange.of(80)));
    String call = CALL.replace("tcp", "udp");
    String tproxy = TPROXY.replace("tcp", "udp");
    Finding finding =
        only(FindingType.DIVERT_UDP_FIRST, examine(dns, "mangle", call, tproxy, MARK, ACCEPT));
    assertEquals(REPLACES_CALL.replace("tcp", "udp"), finding.cure());
    assertEquals(List.of(), examine(dns, "mangle", tproxy, call, MARK, ACCEPT));
  }
}
