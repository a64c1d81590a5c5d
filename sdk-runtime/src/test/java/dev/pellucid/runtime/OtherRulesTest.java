package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.Rules;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules that are not Pellucid's: in its place, or beside it. */
@Lab
@Timeout(60)
class OtherRulesTest {
  /** What most recipes on the web say, with their mark and their route table. */
  private static final String RECIPE =
      """
      ip rule add fwmark 1 lookup 100
      ip route add local 0.0.0.0/0 dev lo table 100
      iptables -t mangle -N DIVERT
      iptables -t mangle -A PREROUTING -p tcp -m socket -j DIVERT
      iptables -t mangle -A DIVERT -j MARK --set-mark 1
      iptables -t mangle -A DIVERT -j ACCEPT
      iptables -t mangle -A PREROUTING -i client0 -p tcp --dport 80 \
        -j TPROXY --tproxy-mark 0x1/0x1 --on-port 50080
      """;

  private static final String LISTENER =
      """
      web { address = "0.0.0.0:50080", intercept { ports = [80], interfaces = [client0] } }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"IPTABLES_NFT", "IPTABLES_LEGACY"})
  void aRecipeOfTheWebTakesNewConnections(FirewallBackEnd backEnd, LabNetwork net)
      throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd, LISTENER);
    lab.onProxy(lab.wanted().rules().removing().text());
    lab.onProxy(RECIPE);
    lab.assertFlows(Transport.TCP, false);
    List<Finding> findings = examine(net, lab.wanted());
    assertEquals(
        List.of(FindingType.DIVERT_SYN),
        findings.stream().map(Finding::type).toList(),
        findings::toString);
    lab.onProxy(findings.get(0).cure());
    assertEquals(List.of(), examine(net, lab.wanted()));
    lab.assertFlows(Transport.TCP, false);
  }

  /** The kernel documentation's, in a table whose name iptables-nft claims for itself. */
  private static final String NFT_RECIPE =
      """
      ip rule add fwmark 1 lookup 100
      ip route add local 0.0.0.0/0 dev lo table 100
      nft -f - <<'END'
      table ip filter {
        chain divert { type filter hook prerouting priority mangle;
          meta l4proto tcp socket transparent 1 meta mark set 1 accept; }
        chain prerouting { type filter hook prerouting priority mangle;
          tcp dport 80 tproxy to :50080 meta mark set 1 accept; }
        chain input { type filter hook input priority filter; }
        chain INPUT { type filter hook input priority filter;
          ip saddr { 192.0.2.1 } drop; }
      }
      END
      """;

  @Test
  void aRecipeOfNftInATableOfIptables(LabNetwork net) throws Exception {
    String anywhere =
        "web { address = \"0.0.0.0:50080\", intercept { ports = [80], on-proxy-down = bypass } }";
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT, anywhere);
    lab.onProxy(lab.wanted().rules().removing().text());
    lab.onProxy(NFT_RECIPE);
    lab.assertFlows(Transport.TCP, false);
    assertEquals(List.of(), examine(net, lab.wanted()));

    lab.onProxy("nft add rule ip filter input tcp dport { 80, 81 } drop");
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.onProxy(only(FindingType.INPUT_DROPPED, examine(net, lab.wanted())).cure());
    lab.assertFlows(Transport.TCP, false);
    assertEquals(List.of(), examine(net, lab.wanted()));

    lab.onProxy("nft flush chain ip filter prerouting");
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.onProxy(only(FindingType.TPROXY_MISSING, examine(net, lab.wanted())).cure());
    lab.assertFlows(Transport.TCP, false);
    assertEquals(List.of(), examine(net, lab.wanted()));
  }

  private static Finding only(FindingType type, List<Finding> findings) {
    assertEquals(List.of(type), findings.stream().map(Finding::type).toList(), findings::toString);
    return findings.get(0);
  }

  private static List<Finding> examine(LabNetwork net, HostRequirements wanted) throws Exception {
    Rules rules = wanted.rules().withNames(new RuleNames("pellucid", 1, 2, 100));
    HostRequirements withTheirNames =
        new HostRequirements(rules, wanted.listeners(), rules.applying(FirewallTool.NFT).text());
    return net.proxy().call(() -> Doctor.examine(withTheirNames, Depth.LOOK));
  }

  private static final String DOCKER =
      """
      ip link add docker0 type bridge
      ip addr add 172.17.0.1/16 dev docker0
      ip link set docker0 up
      iptables -t nat -N DOCKER
      iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
      iptables -t nat -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp --dport 80 -j MASQUERADE
      iptables -t nat -A DOCKER -i docker0 -j RETURN
      iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80
      iptables -N DOCKER
      iptables -N DOCKER-USER
      iptables -A FORWARD -j DOCKER-USER
      iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      iptables -A FORWARD -o docker0 -j DOCKER
      iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
      iptables -A DOCKER-USER -j RETURN
      """;

  private static final String KUBE_PROXY =
      """
      iptables -t nat -N KUBE-SERVICES
      iptables -t nat -N KUBE-MARK-MASQ
      iptables -t nat -N KUBE-POSTROUTING
      iptables -t nat -N KUBE-SEP
      iptables -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
      iptables -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      iptables -t nat -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      iptables -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
      iptables -t nat -A KUBE-SERVICES -d 10.96.0.1/32 -p tcp --dport 443 -j KUBE-SEP
      iptables -t nat -A KUBE-SEP ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
      iptables -t nat -A KUBE-SEP -p tcp -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.244.0.5:6443
      iptables -t nat -A KUBE-SEP -p tcp -j DNAT --to-destination 10.244.0.6:6443
      iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
      iptables -t nat -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
      iptables -t nat -A KUBE-POSTROUTING -j MASQUERADE --random-fully
      iptables -N KUBE-FIREWALL
      iptables -A INPUT -j KUBE-FIREWALL
      iptables -A OUTPUT -j KUBE-FIREWALL
      iptables -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
      """;

  private static final String UFW =
      """
      iptables -N ufw-before-input
      iptables -N ufw-user-input
      iptables -N ufw-logging-deny
      iptables -A INPUT -j ufw-before-input
      iptables -A INPUT -j ufw-user-input
      iptables -A ufw-before-input -i lo -j ACCEPT
      iptables -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      iptables -A ufw-before-input -m conntrack --ctstate INVALID -j ufw-logging-deny
      iptables -A ufw-before-input -m conntrack --ctstate INVALID -j DROP
      iptables -A ufw-before-input -p udp --sport 67 --dport 68 -j ACCEPT
      iptables -A ufw-logging-deny -m limit --limit 3/min -j LOG --log-prefix "[UFW BLOCK] "
      iptables -A ufw-user-input -p tcp -m multiport --dports 22,80,443 -j ACCEPT
      iptables -A ufw-user-input -p udp -m length --length 28:1500 -m udp --dport 80 -j ACCEPT
      iptables -P INPUT DROP
      iptables -P FORWARD DROP
      """;

  private static final String TAILSCALE =
      """
      iptables -N ts-input
      iptables -N ts-forward
      iptables -I INPUT -j ts-input
      iptables -I FORWARD -j ts-forward
      iptables -A ts-input -s 100.101.102.103/32 -i lo -j ACCEPT
      iptables -A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN
      iptables -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP
      iptables -A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
      iptables -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
      iptables -t nat -N ts-postrouting
      iptables -t nat -A POSTROUTING -j ts-postrouting
      iptables -t nat -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
      """;

  // What firewalld has for a zone that lets HTTP in, shortened; with IPv6_rpfilter=no, for its
  // check
  // of the reverse path looks for the way back of marked packets, and finds the local route.
  private static final String FIREWALLD =
      """
      nft -f - <<'END'
      table inet firewalld {
        chain mangle_PREROUTING { type filter hook prerouting priority mangle + 10; policy accept
          jump mangle_PREROUTING_ZONES; }
        chain mangle_PREROUTING_ZONES { iifname "client0" goto mangle_PRE_public
          goto mangle_PRE_public; }
        chain mangle_PRE_public { }
        chain nat_PREROUTING { type nat hook prerouting priority dstnat + 10; policy accept; }
        chain nat_POSTROUTING { type nat hook postrouting priority srcnat + 10; policy accept
          oifname "other0" masquerade; }
        chain filter_PREROUTING { type filter hook prerouting priority filter + 10; policy accept
          icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept; }
        chain filter_INPUT { type filter hook input priority filter + 10; policy accept
          ct state { established, related } accept
          ct status dnat accept
          iifname "lo" accept
          ct state invalid drop
          jump filter_INPUT_ZONES
          reject with icmpx admin-prohibited; }
        chain filter_INPUT_ZONES { goto filter_IN_public; }
        chain filter_IN_public {
          tcp dport 80 accept
          udp dport 80 accept
          meta l4proto { icmp, ipv6-icmp } accept; }
      }
      END
      """;

  // wg-quick's, for an interface that is there although it is no tunnel.
  private static final String WG_QUICK =
      """
      ip link add wg0 type veth peer name wg1
      ip addr add 10.99.0.2/24 dev wg0
      nft -f - <<'END'
      table ip wg-quick-wg0 {
        chain preraw { type filter hook prerouting priority raw; policy accept
          iifname != "wg0" ip daddr 10.99.0.2 fib saddr type != local drop; }
        chain premangle { type filter hook prerouting priority mangle; policy accept
          meta l4proto udp meta mark set ct mark; }
        chain postmangle { type filter hook postrouting priority mangle; policy accept
          meta l4proto udp meta mark 0xca6c ct mark set meta mark; }
      }
      END
      """;

  /** All of them at a time, on one host. */
  @ParameterizedTest
  @EnumSource
  void othersRulesAreInNobodysWay(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    lab.onProxy(DOCKER);
    lab.onProxy(KUBE_PROXY);
    lab.onProxy(UFW);
    lab.onProxy(TAILSCALE);
    lab.onProxy(FIREWALLD);
    lab.onProxy(WG_QUICK);
    lab.assertAllFlows();
    lab.assertClean(Depth.LOOK);
  }

  @Test
  void rulesForAListenerThatIsNotThere(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    lab.onProxy(
        EditedRules.chain(
            "prerouting",
            "type filter hook prerouting priority -140;"
                + " tcp dport 80 tproxy to :3129 meta mark set 0x71 accept"));
    lab.assertFlows(Transport.TCP, false);
    lab.assertClean(Depth.LOOK);
    lab.onProxy(
        "iptables -t mangle -A PREROUTING -p tcp --dport 80"
            + " -j TPROXY --on-port 3129 --tproxy-mark 0x1/0x1");
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.TPROXY_WRONG_PORT, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @Test
  void whatIsNotTrackedIsNotTranslated(LabNetwork net) throws Exception {
    String listeners =
        LISTENER
            + """
            near { address = "0.0.0.0:50081"
                   intercept { mode = redirect, ports = [81], interfaces = [client0] } }
            """;
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT, listeners);
    lab.onProxy(
        "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.9.9.9");
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.assertOnly(FindingType.NAT, Depth.LOOK);
    lab.onProxy("iptables -t raw -A PREROUTING -p tcp --dport 80 -j CT --notrack");
    lab.assertFlows(Transport.TCP, false);
    lab.assertClean(Depth.LOOK);
    lab.onProxy(
        EditedRules.chain(
            "prerouting", "type filter hook prerouting priority raw; tcp dport 81 notrack"));
    lab.cure(lab.assertOnly(FindingType.TPROXY_SHADOWED, Depth.LOOK), Depth.LOOK);
  }

  @ParameterizedTest
  @EnumSource
  void anotherRuleSetsTheMark(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    ServerSocket listening = net.closeAtEnd(net.server(0).call(() -> new ServerSocket(443)));
    assertTrue(connects(net, listening));
    lab.onProxy(
        EditedRules.either(
            backEnd,
            EditedRules.chain(
                "prerouting",
                "type filter hook prerouting priority mangle; tcp dport 443 meta mark set 0x71"),
            "iptables -t mangle -A PREROUTING -p tcp --dport 443 -j MARK --set-mark 0x71"));
    assertFalse(connects(net, listening));
    lab.cure(lab.assertOnly(FindingType.NAME_TAKEN, Depth.LOOK), Depth.LOOK);
    assertTrue(connects(net, listening));
  }

  @Test
  void anotherRuleSetsTheMarkOfOnePort(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    ServerSocket listening = net.closeAtEnd(net.server(0).call(() -> new ServerSocket(8443)));
    assertTakesAnothersTraffic(lab, net, net.client(), listening, "filter hook prerouting");
    assertTakesAnothersTraffic(lab, net, net.proxy(), listening, "route hook output");
  }

  private static void assertTakesAnothersTraffic(
      DoctorLab lab, LabNetwork net, LabHost from, ServerSocket listening, String hook)
      throws Exception {
    assertTrue(connects(net, from, listening));
    lab.onProxy(
        EditedRules.chain(
            hook.substring(hook.lastIndexOf(' ') + 1),
            "type " + hook + " priority mangle; tcp dport 8443 meta mark set 0x71"));
    assertFalse(connects(net, from, listening));
    lab.cure(lab.assertOnly(FindingType.NAME_TAKEN, Depth.LOOK), Depth.LOOK);
    assertTrue(connects(net, from, listening));
  }

  private static boolean connects(LabNetwork net, ServerSocket listening) throws Exception {
    return connects(net, net.client(), listening);
  }

  private static boolean connects(LabNetwork net, LabHost from, ServerSocket listening)
      throws Exception {
    InetSocketAddress asked = net.server(0).at(listening.getLocalPort());
    return from.call(
        () -> {
          try (Socket socket = new Socket()) {
            socket.connect(asked, 2000);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }
}
