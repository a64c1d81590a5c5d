package dev.pellucid.runtime.host;

import static dev.pellucid.runtime.host.FirewallTool.IPTABLES;
import static dev.pellucid.runtime.host.FirewallTool.NFT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final Intercept WEB =
      Intercept.tcp(
          "web",
          new InetSocketAddress("0.0.0.0", 50080),
          List.of(PortRange.of(80), new PortRange(8000, 8099)));

  private static final Intercept WEB_6 =
      Intercept.tcp("web6", new InetSocketAddress("fd00::1", 50080), List.of(PortRange.of(80)));

  private static String text(FirewallTool tool, Intercept... intercepts) {
    return uncommented(Rules.of(List.of(intercepts)).applying(tool));
  }

  private static String uncommented(HostScript script) {
    return script.text().replaceAll("(?m)^ *#.*\n", "");
  }

  private static void assertContains(String expected, String text) {
    assertTrue(text.contains(expected), () -> expected + "\nis not in\n" + text);
  }

  @Test
  void nftReplacesItsTableInOneTransaction() {
    Intercept narrow =
        WEB.withInterfaces(List.of("eth0", "eth1"))
            .withSources(List.of(Cidr.parse("10.1.0.0/16")))
            .withDestinations(List.of(Cidr.parse("10.2.0.0/16")));
    assertContains(
        """
        nft -f - <<'END'
        add table inet pellucid
        delete table inet pellucid
        table inet pellucid {
          chain divert {
            socket wildcard 1 return
            socket transparent 1 meta mark set 0x71 accept
          }
          chain prerouting {
            type filter hook prerouting priority mangle; policy accept;
            meta nfproto ipv4 meta l4proto tcp tcp flags & (fin | syn | rst | ack) != syn jump divert
            meta nfproto ipv4 meta l4proto icmp jump divert
            meta nfproto ipv4 meta l4proto tcp iifname { "eth0", "eth1" } ip saddr { 10.1.0.0/16 } ip daddr { 10.2.0.0/16 } tcp dport { 80, 8000-8099 } tproxy ip to :50080 meta mark set 0x71 accept comment "web"
            meta nfproto ipv4 meta l4proto tcp iifname { "eth0", "eth1" } ip saddr { 10.1.0.0/16 } ip daddr { 10.2.0.0/16 } tcp dport { 80, 8000-8099 } drop comment "web"
          }
          chain applied {
          }
        }
        END
        """,
        text(NFT, narrow));
  }

  @Test
  void theNamesAreTheOnesAskedFor() {
    Rules rules =
        Rules.of(List.of(WEB.withLocalOutput(true)))
            .withNames(new RuleNames("edge", 0x1a, 0x1b, 200));
    for (FirewallTool tool : FirewallTool.values()) {
      String text = rules.applying(tool).text() + rules.removing().text();
      assertFalse(text.toLowerCase(Locale.ROOT).matches("(?s).*(pellucid|0x7|\\b71\\b).*"), text);
      assertContains("0x1b", text);
      assertContains("ip -4 rule add fwmark 0x1a table 200", text);
    }
  }

  @Test
  void everyCommandAndEveryRuleIsExplained() {
    Intercept redirect = Intercept.redirect("r", WEB.listener(), WEB.ports());
    Rules rules = Rules.of(List.of(WEB.withLocalOutput(true), WEB_6, redirect));
    for (FirewallTool tool : FirewallTool.values()) {
      for (String command : rules.applying(tool).commands()) {
        assertTrue(command.startsWith("# "), command);
      }
    }
    assertContains(
        "    # Listener web6: TCP over IPv6 to port 80 goes to port 50080 here, its destination untouched.\n"
            + "    meta nfproto ipv6",
        rules.applying(NFT).text());
  }

  /** Also where it is piped into a shell without options, as people do. */
  @Test
  void aScriptEndsWithTheFirstCommandThatFails() throws Exception {
    String script = new HostScript(List.of("false", "echo went on >&2")).text();
    HostCommandException failure =
        assertThrows(HostCommandException.class, () -> HostCommand.run("sh", "-c", script));
    assertEquals("", failure.stderr());
  }

  @Test
  void theDocumentationShowsWhatIsPrinted() throws IOException {
    String page = Files.readString(Path.of("../docs/configuration.md"));
    String shown = page.substring(page.indexOf("```sh\n# Route table 71") + "```sh\n".length());
    Intercept web = Intercept.tcp("web", WEB.listener(), List.of(PortRange.of(80)));
    String printed = Rules.of(List.of(web)).applying(NFT).text();
    for (String part : shown.substring(0, shown.indexOf("\n```")).split("\n…\n", -1)) {
      assertContains(part + "\n", printed);
    }
  }

  @Test
  void nftSaysWhatHappensWithoutAListener() {
    assertContains("reject with tcp reset", text(NFT, WEB.withOnProxyDown(OnProxyDown.RESET)));
    String bypass = text(NFT, WEB.withOnProxyDown(OnProxyDown.BYPASS));
    assertFalse(bypass.contains("drop") || bypass.contains("reject"), bypass);
  }

  @Test
  void iptablesCanOnlyBlock() {
    Intercept reset = WEB.withOnProxyDown(OnProxyDown.RESET);
    assertThrows(IllegalArgumentException.class, () -> text(IPTABLES, reset));
  }

  @Test
  void iptablesReplacesItsChainsInOneTransaction() {
    assertContains(
        """
        iptables-restore -w --noflush <<'END'
        *mangle
        :PELLUCID - [0:0]
        :PELLUCID_DIVERT - [0:0]
        -A PELLUCID_DIVERT -j MARK --set-mark 0x71
        -A PELLUCID_DIVERT -j ACCEPT
        -A PELLUCID -p tcp ! --syn -m socket --transparent -j PELLUCID_DIVERT
        -A PELLUCID -p icmp -m socket --transparent -j PELLUCID_DIVERT
        -A PELLUCID -p tcp ! -i lo -m multiport --dports 80,8000:8099 -m comment --comment web -j TPROXY --on-port 50080 --tproxy-mark 0x71
        COMMIT
        END
        """,
        text(IPTABLES, WEB));
    assertContains(
        """
        iptables -w -t mangle -C PREROUTING -j PELLUCID 2>/dev/null || iptables -w -t mangle -A PREROUTING -j PELLUCID
        """,
        text(IPTABLES, WEB));
  }

  @Test
  void iptablesHasOneRuleForEachChoice() {
    Intercept broad =
        WEB.withInterfaces(List.of("eth0", "eth1"))
            .withSources(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("172.16.0.0/12")));
    String text = text(IPTABLES, broad);
    assertEquals(4, text.split("-j TPROXY", -1).length - 1, text);
    assertContains("-A PELLUCID -p tcp -i eth1 -s 10.0.0.0/8 -m multiport", text);
  }

  @Test
  void iptablesNeverPutsMoreIntoAMultiportThanItTakes() {
    List<PortRange> many =
        IntStream.range(0, 20).mapToObj(i -> new PortRange(1000 + 10 * i, 1005 + 10 * i)).toList();
    String text = text(IPTABLES, Intercept.tcp("many", WEB.listener(), many));
    assertEquals(3, text.split("-m multiport", -1).length - 1, text);
    assertContains("1190:1195 -m comment", text);
  }

  @Test
  void aListenerOnOneAddressIsNamed() {
    assertContains("tproxy ip6 to [fd00:0:0:0:0:0:0:1]:50080", text(NFT, WEB_6));
    assertContains("--on-port 50080 --on-ip fd00:0:0:0:0:0:0:1", text(IPTABLES, WEB_6));
  }

  @Test
  void eachFamilyGetsItsRoutes() {
    String four = text(NFT, WEB);
    assertContains("ip -4 route add local default dev lo table 71\n", four);
    assertContains("    ip -4 rule add fwmark 0x71 table 71 pref ", four);
    assertContains("accept_local", four);
    assertFalse(four.contains("ip -6 route add") || four.contains("ip -6 rule add"), four);
    String six = text(NFT, WEB_6);
    assertContains("ip -6 route add local default dev lo table 71\n", six);
    assertFalse(six.contains("ip -4 route add") || six.contains("ip -4 rule add"), six);
  }

  @Test
  void whatCannotBecomeARuleIsRefused() {
    List<Cidr> six = List.of(Cidr.parse("fd00::/8"));
    assertThrows(IllegalArgumentException.class, () -> WEB.withSources(six));
    List<String> injected = List.of("eth0; reboot");
    assertThrows(IllegalArgumentException.class, () -> WEB.withInterfaces(injected));
    assertThrows(
        IllegalArgumentException.class,
        () -> Intercept.foreign("any", Transport.TCP, WEB.listener()));
    assertThrows(
        IllegalArgumentException.class, () -> Intercept.redirect("web", WEB.listener(), List.of()));
  }

  @Test
  void whatNoRuleCanDoIsRefused() {
    Intercept redirect = Intercept.redirect("web", WEB.listener(), WEB.ports());
    assertThrows(IllegalArgumentException.class, () -> redirect.withOnProxyDown(OnProxyDown.BLOCK));
    Intercept bypass = WEB.withOnProxyDown(OnProxyDown.BYPASS);
    assertThrows(IllegalArgumentException.class, () -> bypass.withLocalOutput(true));
    for (String loopback : List.of("127.0.0.1", "::1")) {
      InetSocketAddress listener = new InetSocketAddress(loopback, 50080);
      assertThrows(
          IllegalArgumentException.class, () -> Intercept.redirect("web", listener, WEB.ports()));
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Intercept(
                "dns",
                InterceptMode.REDIRECT,
                Transport.UDP,
                WEB.listener(),
                WEB.ports(),
                List.of(),
                List.of(),
                List.of(),
                false,
                OnProxyDown.RESET));
  }

  @Test
  void aToolThatEndsWithoutReadingIsQuoted() {
    RulesCheck check = new RulesCheck(Rules.of(List.of(WEB)), NFT);
    String moreThanAPipeHolds = "x".repeat(1 << 20);
    RulesException refused =
        assertThrows(
            RulesException.class,
            () -> check.tryOut(moreThanAPipeHolds, "sh", "-c", "echo no such table >&2; exit 1"));
    assertTrue(
        refused.getMessage().endsWith("no such table; --tool iptables may do"),
        refused::getMessage);
  }

  @Test
  void tcpIsDivertedBeforeItIsInterceptedAndUdpAfter() {
    Intercept dns = Intercept.udp("dns", WEB.listener(), WEB.ports());
    String nft = text(NFT, WEB, dns);
    assertInOrder(nft, "tcp flags", "l4proto icmp", "tproxy", "l4proto udp jump divert");
    assertContains("udp dport { 80, 8000-8099 } tproxy ip to :50080", nft);
    String iptables = text(IPTABLES, WEB, dns);
    assertInOrder(iptables, "! --syn", "-p icmp", "-j TPROXY", "-p udp -m socket");
  }

  private static void assertInOrder(String text, String... parts) {
    int from = 0;
    for (String part : parts) {
      from = text.indexOf(part, from);
      assertTrue(from >= 0, () -> part + " is missing or too early in\n" + text);
    }
  }

  @Test
  void spoofedSourcesNeedNoIntercept() {
    Rules rules = Rules.of(List.of()).withDiverts(Set.of(new Divert(IpFamily.IPV6, Transport.TCP)));
    String nft = uncommented(rules.applying(NFT));
    assertContains("meta nfproto ipv6 meta l4proto tcp tcp flags", nft);
    assertContains("meta nfproto ipv6 meta l4proto ipv6-icmp jump divert", nft);
    assertContains("ip -6 route add local default dev lo table 71", nft);
    assertFalse(
        nft.contains("tproxy") || nft.contains("ip -4 rule add") || nft.contains("udp"), nft);
    assertContains("-A PELLUCID -p icmpv6 -m socket", uncommented(rules.applying(IPTABLES)));
  }

  @Test
  void nftPutsFragmentsTogetherByMeansOfATproxyRule() {
    Divert udp = new Divert(IpFamily.IPV4, Transport.UDP);
    String chain = "meta nfproto ipv4 meta l4proto udp tproxy ip to :1\n";
    Rules rules = Rules.of(List.of()).withDiverts(Set.of(udp));
    assertContains("  chain defragmentation {\n    " + chain, uncommented(rules.applying(NFT)));
    assertFalse(rules.applying(IPTABLES).text().contains("TPROXY"));
    Rules tproxy = Rules.of(List.of(WEB)).withDiverts(Set.of(udp));
    assertFalse(tproxy.applying(NFT).text().contains(chain), "there is one already");
  }

  @Test
  void aForeignListenersFirstPacketsAreDivertedToIt() {
    Intercept foreign =
        Intercept.foreign("web", Transport.TCP, new InetSocketAddress("10.9.9.9", 80));
    assertContains(
        """
            meta nfproto ipv4 meta l4proto tcp iifname != "lo" ip daddr { 10.9.9.9/32 } tcp dport { 80 } jump divert comment "web"
            meta nfproto ipv4 meta l4proto tcp iifname != "lo" ip daddr { 10.9.9.9/32 } tcp dport { 80 } drop comment "web"
        """,
        text(NFT, foreign));
    assertContains(
        """
        -A PELLUCID -p tcp ! -i lo -d 10.9.9.9/32 -m multiport --dports 80 -m comment --comment web -m socket --transparent -j PELLUCID_DIVERT
        -A PELLUCID -p tcp ! -i lo -d 10.9.9.9/32 -m multiport --dports 80 -m comment --comment web -j DROP
        """,
        text(IPTABLES, foreign));
    assertFalse(
        text(IPTABLES, foreign.withOnProxyDown(OnProxyDown.BYPASS)).contains("DROP"),
        "a foreign listener may be passed by");
    assertInOrder(
        text(IPTABLES, foreign.withOnProxyDown(OnProxyDown.BYPASS)),
        "--comment web -m socket --transparent -j PELLUCID_DIVERT",
        "--comment web -j RETURN");
    assertThrows(
        IllegalArgumentException.class,
        () -> text(IPTABLES, foreign.withOnProxyDown(OnProxyDown.RESET)));
  }

  @Test
  void aRedirectNeedsNoRoutes() {
    Intercept redirect = Intercept.redirect("web", WEB.listener(), WEB.ports());
    String nft = text(NFT, redirect);
    assertContains(
        """
          chain nat_prerouting {
            type nat hook prerouting priority dstnat; policy accept;
            meta nfproto ipv4 meta l4proto tcp iifname != "lo" tcp dport { 80, 8000-8099 } redirect to :50080 comment "web"
          }
        """,
        nft);
    assertFalse(nft.contains("ip -4 rule add") || nft.contains("chain prerouting"), nft);
    String iptables = text(IPTABLES, redirect);
    assertContains("*nat\n:PELLUCID_REDIRECT - [0:0]\n", iptables);
    assertContains("--comment web -j REDIRECT --to-ports 50080", iptables);
    assertFalse(iptables.contains("-A PELLUCID "), iptables);
  }

  @Test
  void aRedirectToOneAddressNamesIt() {
    Intercept redirect = Intercept.redirect("web", WEB_6.listener(), WEB_6.ports());
    assertContains("dnat ip6 to [fd00:0:0:0:0:0:0:1]:50080", text(NFT, redirect));
    assertContains("-j DNAT --to-destination [fd00:0:0:0:0:0:0:1]:50080", text(IPTABLES, redirect));
  }

  @Test
  void localOutputLetsTheProxysOwnThroughFirst() {
    String nft = text(NFT, WEB.withLocalOutput(true));
    assertContains(
        """
          chain output {
            type route hook output priority mangle; policy accept;
            meta mark 0x72 accept
            meta nfproto ipv4 meta l4proto tcp tcp dport { 80, 8000-8099 } ct direction original fib daddr type unicast meta mark set 0x71 comment "web"
          }
        """,
        nft);
    assertContains("iifname \"lo\" meta mark 0x71 tcp dport { 80, 8000-8099 } tproxy", nft);
    String iptables = text(IPTABLES, WEB.withLocalOutput(true));
    assertInOrder(
        iptables,
        "-A PELLUCID -p tcp -i lo -m mark --mark 0x71 -m multiport",
        "-A PELLUCID_OUTPUT -m mark --mark 0x72 -j RETURN",
        "-A PELLUCID_OUTPUT -p tcp -m addrtype --dst-type UNICAST",
        "-m conntrack --ctdir ORIGINAL -j MARK",
        "-C OUTPUT -j PELLUCID_OUTPUT");
    Intercept redirect = Intercept.redirect("web", WEB.listener(), WEB.ports());
    assertContains("chain nat_output", text(NFT, redirect.withLocalOutput(true)));
  }

  @Test
  void aNameCannotEscapeFromItsComment() {
    Intercept odd = Intercept.tcp("a \"b\"\nEND", WEB.listener(), WEB.ports());
    assertContains("comment \"a__b__END\"", text(NFT, odd));
  }

  @Test
  void chainsOfOthersThatBeginLikeOursAreNotOurs() {
    assertTrue(RuleNames.DEFAULT.hasChain("PELLUCID"));
    assertTrue(RuleNames.DEFAULT.hasChain("PELLUCID_SAVED"));
    assertFalse(RuleNames.DEFAULT.hasChain("PELLUCID_B"));
    assertFalse(RuleNames.DEFAULT.hasChain("PELLUCID_B_DIVERT"));
  }
}
