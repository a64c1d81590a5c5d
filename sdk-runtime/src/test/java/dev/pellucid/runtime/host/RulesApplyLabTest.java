package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules are applied once, completely or not at all, and leave nothing behind. */
@Lab
@Timeout(300)
class RulesApplyLabTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void applyingAgainChangesNothing(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    Rules rules = SharedHost.rules(backEnd);
    assertFalse(host.run(rules.applying(backEnd.tool())).isEmpty());
    String applied = host.handles();
    assertEquals(List.of(), host.run(rules.applying(backEnd.tool())));
    assertEquals(applied, host.handles());
  }

  @ParameterizedTest
  @EnumSource
  void removingRestoresEverything(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    String before = host.state();
    Rules rules = SharedHost.rules(backEnd);
    host.run(rules.applying(backEnd.tool()));
    assertNotEquals(before, host.state());
    host.run(rules.removing());
    assertEquals(before, host.state());
    assertEquals(List.of(), host.run(rules.removing()));
  }

  @ParameterizedTest
  @EnumSource
  void theRoutingRuleIsPutInFrontAgain(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    Rules rules = SharedHost.rules(backEnd);
    host.run(rules.applying(backEnd.tool()));
    host.shell(
        """
        ip rule add not fwmark 0xca6c table 51820
        ip rule add table main suppress_prefixlength 0
        """);
    assertEquals(
        List.of("IPv4 routing rule: fwmark 0x71 table 71"),
        host.run(rules.applying(backEnd.tool())));
    List<String> read = host.shell("ip -4 rule show").lines().toList();
    assertTrue(read.get(1).contains("fwmark 0x71 lookup 71"), read::toString);
    assertEquals(1, read.stream().filter(rule -> rule.contains("lookup 71")).count());
    assertEquals(List.of(), host.run(rules.applying(backEnd.tool())));
  }

  /** As the kernel's documentation of VRFs has it: local addresses come behind them. */
  @Test
  void theRoutingRuleIsInFrontOfVrfsToo(LabNetwork net) throws Exception {
    net.proxy()
        .exec(
            "sh",
            "-euc",
            """
            ip rule add pref 1000 fwmark 0x100 table 100
            ip rule add pref 32765 table local
            ip rule del pref 0
            """);
    Rules rules = SharedHost.rules(FirewallBackEnd.NFT);
    assertFalse(net.proxy().call(() -> rules.apply(FirewallTool.NFT)).isEmpty());
    String first = net.proxy().exec("ip", "-4", "rule", "show").lines().findFirst().orElseThrow();
    assertTrue(first.matches("999:\\s+from all fwmark 0x71 lookup 71\\s*"), first);
    assertEquals(List.of(), net.proxy().call(() -> rules.apply(FirewallTool.NFT)));
  }

  @Test
  void aRoutingRuleByHandIsLeftAlone(LabNetwork net) throws Exception {
    Rules rules = SharedHost.rules(FirewallBackEnd.IPTABLES_NFT);
    net.proxy().exec("ip", "rule", "add", "fwmark", "0x71/0x71", "table", "71");
    assertFalse(net.proxy().call(() -> rules.apply(FirewallTool.NFT)).isEmpty());
    assertEquals(List.of(), net.proxy().call(() -> rules.apply(FirewallTool.NFT)));
    net.proxy().call(rules::remove);
    assertTrue(
        net.proxy().exec("ip", "rule", "show").contains("from all fwmark 0x71/0x71 lookup 71"));
  }

  @Test
  void defaultRoutesThatRoutersToldStay(LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, FirewallBackEnd.NFT, folder);
    // As a router's advertisement makes it: the kernel takes such a route away when it becomes a
    // router itself.
    host.shell("echo 1 >/proc/sys/net/ipv6/conf/client0/accept_ra");
    host.shell("echo 0 >/proc/sys/net/ipv6/conf/server0/accept_ra");
    Rules rules = SharedHost.rules(FirewallBackEnd.NFT);
    host.run(rules.applying(FirewallTool.NFT));
    assertEquals("2", net.proxy().sysctl("net.ipv6.conf.client0.accept_ra"));
    assertEquals("0", net.proxy().sysctl("net.ipv6.conf.server0.accept_ra"));
    host.run(rules.removing());
    assertEquals("1", net.proxy().sysctl("net.ipv6.conf.client0.accept_ra"));
  }

  @ParameterizedTest
  @EnumSource(names = {"NFT", "IPTABLES_NFT"})
  void rulesOfTheOtherToolGo(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    Rules rules = SharedHost.rules(FirewallBackEnd.IPTABLES_NFT);
    FirewallTool other =
        backEnd.tool() == FirewallTool.NFT ? FirewallTool.IPTABLES : FirewallTool.NFT;
    String before = host.state();
    host.run(rules.applying(other));
    host.run(rules.applying(backEnd.tool()));
    boolean nft = backEnd.tool() == FirewallTool.NFT;
    assertEquals(nft, host.state().contains("chain applied"));
    assertEquals(!nft, host.state().contains("PELLUCID_APPLIED"));
    host.run(rules.removing());
    assertEquals(before, host.state());
  }

  /** The legacy iptables has tables of its own, whose names are free for others in nft. */
  @ParameterizedTest
  @EnumSource
  void tablesOfOthersStay(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    List<String> others = List.of("ip nat", "ip mangle", "ip6 nat", "ip6 mangle");
    for (String table : others) {
      net.proxy().exec("nft", "add table " + table);
    }
    applyAndRemove(backEnd, net, "true");
    assertEquals(others.size(), net.proxy().exec("nft", "list", "tables").lines().count());
  }

  @ParameterizedTest
  @CsvSource({
    "add set ip mangle others { type ipv4_addr; }",
    "add chain ip mangle others { type filter hook forward priority 5; }",
    "add chain ip mangle INPUT { type filter hook input priority -150; policy drop; }",
    "add rule ip mangle PREROUTING ip saddr 192.0.2.1 counter",
  })
  void aTableIntoWhichOthersHavePutSomethingStays(String added, LabNetwork net) throws Exception {
    applyAndRemove(FirewallBackEnd.IPTABLES_NFT, net, "nft '" + added + "'");
    assertEquals("table ip mangle", net.proxy().exec("nft", "list", "tables").strip());
  }

  /** Without other programs' rules: theirs would keep the tables. */
  private static void applyAndRemove(FirewallBackEnd backEnd, LabNetwork net, String between)
      throws Exception {
    Rules rules = SharedHost.rules(FirewallBackEnd.IPTABLES_NFT);
    net.apply(backEnd, rules);
    net.proxy().exec("sh", "-euc", between);
    net.proxy().run(() -> rules.removing().run(backEnd.environment()));
  }

  @ParameterizedTest
  @EnumSource(names = {"IPTABLES_NFT", "IPTABLES_LEGACY"})
  void chainsThatAreCalledTwiceGoToo(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    String before = host.state();
    Rules rules = SharedHost.rules(backEnd);
    host.run(rules.applying(backEnd.tool()));
    host.shell("iptables -w -t mangle -A PREROUTING -j PELLUCID");
    host.run(rules.removing());
    assertEquals(before, host.state());
  }

  @ParameterizedTest
  @EnumSource
  void rulesThatSomebodyChangedAreReplaced(FirewallBackEnd backEnd, LabNetwork net)
      throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    HostScript applying = SharedHost.rules(backEnd).applying(backEnd.tool());
    host.run(applying);
    String applied = host.state();
    host.shell(
        backEnd == FirewallBackEnd.NFT
            ? "nft flush chain inet pellucid prerouting"
            : "iptables -w -t mangle -D PREROUTING -j PELLUCID");
    assertEquals(1, host.run(applying).size());
    assertEquals(applied, host.state());
  }

  @ParameterizedTest
  @EnumSource
  void aSettingThatSomebodyElseChangedSinceStays(FirewallBackEnd backEnd, LabNetwork net)
      throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    Rules rules = SharedHost.rules(backEnd);
    host.run(rules.applying(backEnd.tool()));
    assertEquals("1", net.proxy().sysctl("net.ipv4.conf.all.accept_local"));
    net.proxy().sysctl("net.ipv4.conf.all.accept_local", 2);
    host.run(rules.removing());
    assertEquals("2", net.proxy().sysctl("net.ipv4.conf.all.accept_local"));
  }

  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void theLibraryAppliesAndRemoves(FirewallTool tool, LabNetwork net) throws Exception {
    Rules rules = SharedHost.rules(FirewallBackEnd.IPTABLES_NFT);
    assertFalse(net.proxy().call(() -> rules.apply(tool)).isEmpty());
    assertEquals(List.of(), net.proxy().call(() -> rules.apply(tool)));
    assertFalse(net.proxy().call(rules::remove).isEmpty());
    assertEquals(List.of(), net.proxy().call(rules::remove));
  }

  @Test
  void aMarkOrATableOfOthersIsRefused(LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, FirewallBackEnd.NFT, folder);
    Rules rules = SharedHost.rules(FirewallBackEnd.NFT);
    assertRefused(host, net, rules, "-4 rule add fwmark 0x71 table 100", "pellucid.rules.mark");
    assertRefused(
        host, net, rules, "-6 rule add fwmark 0x71/0xff table 100", "pellucid.rules.mark");
    assertRefused(
        host, net, rules, "-4 rule add from 192.0.2.1 table 71", "pellucid.rules.route-table");
    assertRefused(
        host,
        net,
        rules,
        "-4 rule add from 192.0.2.1 table 71 suppress_prefixlength 0",
        "pellucid.rules.route-table");
    assertRefused(
        host,
        net,
        rules,
        "-6 route add unreachable 2001:db8::/32 table 71",
        "pellucid.rules.route-table");
  }

  @Test
  void marksAndTablesOfOthersThatAreInNobodysWayAreNot(LabNetwork net) throws Exception {
    for (String rule :
        List.of(
            "not fwmark 51820 table 51820",
            "fwmark 0x80000/0xff0000 table 52",
            "fwmark 0/0x4000 table 52",
            "from 192.0.2.1 table 711")) {
      net.proxy().exec("sh", "-euc", "ip -4 rule add " + rule);
    }
    Rules rules = SharedHost.rules(FirewallBackEnd.NFT);
    assertFalse(net.proxy().call(() -> rules.apply(FirewallTool.NFT)).isEmpty());
  }

  private static void assertRefused(
      SharedHost host, LabNetwork net, Rules rules, String taken, String key) throws Exception {
    host.shell("ip " + taken);
    String before = host.handles();
    RulesException refused =
        assertThrows(
            RulesException.class, () -> net.proxy().call(() -> rules.apply(FirewallTool.NFT)));
    assertTrue(refused.getMessage().contains(key), refused::getMessage);
    assertEquals(before, host.handles());
    host.shell("ip " + taken.replace(" add ", " del "));
  }

  @ParameterizedTest
  @EnumSource(FirewallTool.class)
  void rulesForIpv6AreRefusedWhereThereIsNone(FirewallTool tool, LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, FirewallBackEnd.IPTABLES_NFT, folder);
    net.proxy().sysctl("net.ipv6.conf.lo.disable_ipv6", 1);
    String before = host.handles();
    Rules rules = SharedHost.rules(FirewallBackEnd.IPTABLES_NFT);
    RulesException refused =
        assertThrows(RulesException.class, () -> net.proxy().call(() -> rules.apply(tool)));
    assertTrue(refused.getMessage().contains("disable_ipv6=0"), refused::getMessage);
    assertEquals(before, host.handles());
  }

  @Test
  void whatIptablesCannotDoIsRefused(LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, FirewallBackEnd.IPTABLES_NFT, folder);
    String before = host.handles();
    Rules reset =
        Rules.of(
            SharedHost.rules(FirewallBackEnd.NFT).intercepts().stream()
                .map(intercept -> intercept.withOnProxyDown(OnProxyDown.RESET))
                .toList());
    assertThrows(
        RulesException.class, () -> net.proxy().call(() -> reset.apply(FirewallTool.IPTABLES)));
    assertEquals(before, host.handles());
  }
}
