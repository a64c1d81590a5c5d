package dev.pellucid.runtime.host.ruleset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.ruleset.Packet.Protocol;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Rules as other programs leave them on a host. */
@Lab
@Timeout(60)
class StrangersLabTest {
  private static final Packet WEB = Packets.first(Protocol.TCP, "10.1.0.2", "10.2.0.2", 80);

  private static final String DOCKER =
      """
      *nat
      :DOCKER - [0:0]
      -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
      -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
      -A DOCKER -i docker0 -j RETURN
      -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
      COMMIT
      *filter
      :FORWARD DROP [0:0]
      :DOCKER - [0:0]
      :DOCKER-USER - [0:0]
      -A FORWARD -j DOCKER-USER
      -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A FORWARD -o docker0 -j DOCKER
      -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
      -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
      -A DOCKER-USER -j RETURN
      COMMIT
      """;

  private static final String KUBE_PROXY =
      """
      *nat
      :KUBE-SERVICES - [0:0]
      :KUBE-SVC-WEB - [0:0]
      :KUBE-MARK-MASQ - [0:0]
      :KUBE-SEP-A - [0:0]
      -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-WEB
      -A KUBE-SVC-WEB ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
      -A KUBE-SVC-WEB -j KUBE-SEP-A
      -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
      -A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.244.0.2:8080
      COMMIT
      """;

  // Of ufw and fail2ban, in the input chain.
  private static final String UFW =
      """
      *filter
      :INPUT DROP [0:0]
      :f2b-sshd - [0:0]
      :ufw-before-input - [0:0]
      :ufw-user-input - [0:0]
      -A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
      -A INPUT -j ufw-before-input
      -A INPUT -j ufw-user-input
      -A f2b-sshd -s 192.0.2.7/32 -j REJECT --reject-with icmp-port-unreachable
      -A f2b-sshd -j RETURN
      -A ufw-before-input -i lo -j ACCEPT
      -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A ufw-before-input -m conntrack --ctstate INVALID -j DROP
      -A ufw-user-input -p tcp -m tcp --dport 80 -j ACCEPT
      COMMIT
      """;

  private static final String FIREWALLD =
      """
      table inet firewalld {
        chain mangle_PREROUTING {
          type filter hook prerouting priority mangle + 10; policy accept;
          jump mangle_PREROUTING_ZONES
        }
        chain mangle_PREROUTING_ZONES {
          iifname vmap { "eth0" : goto mangle_PRE_public, "eth1" : goto mangle_PRE_public }
          goto mangle_PRE_public
        }
        chain mangle_PRE_public { }
        chain filter_PREROUTING {
          type filter hook prerouting priority filter + 10; policy accept;
          icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
          meta nfproto ipv6 fib saddr . mark . iif oif missing drop
        }
        chain filter_INPUT {
          type filter hook input priority filter + 10; policy accept;
          ct state { established, related } accept
          ct status dnat accept
          iifname "lo" accept
          ct state invalid drop
          iifname vmap { "eth0" : goto filter_IN_public }
          reject with icmpx admin-prohibited
        }
        chain filter_IN_public {
          tcp dport 22 accept
          meta l4proto { icmp, ipv6-icmp } accept
          counter reject with icmpx admin-prohibited
        }
      }
      """;

  private static final String WG_QUICK =
      """
      table ip wg-quick-wg0 {
        chain preraw {
          type filter hook prerouting priority raw; policy accept;
          iifname != "wg0" ip daddr 10.9.0.2 fib saddr type != local drop
        }
        chain premangle {
          type filter hook prerouting priority mangle; policy accept;
          meta l4proto udp meta mark set ct mark
        }
      }
      """;

  private static void shell(LabNetwork net, FirewallBackEnd backEnd, String script)
      throws Exception {
    net.proxy()
        .run(
            () -> {
              ProcessBuilder builder = HostCommand.builder("sh", "-euc", script);
              builder.environment().putAll(backEnd.environment());
              HostCommand.finish(builder.start(), List.of(script));
            });
  }

  private static Ruleset restore(LabNetwork net, FirewallBackEnd backEnd, String tables)
      throws Exception {
    shell(net, backEnd, "iptables-restore <<'END'\n" + tables + "END");
    return net.proxy().call(Ruleset::read);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NFT")
  void docker(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    Ruleset ruleset = restore(net, backEnd, DOCKER);
    assertUntouched(ruleset.walk(Hook.PREROUTING, WEB, Packets.LISTENING));
    RuleAt policy = ruleset.walk(Hook.FORWARD, WEB, Packets.LISTENING).dropped().orElseThrow();
    assertEquals("policy drop", policy.text());
    String proxy = net.proxy().address().getHostAddress();
    Packet published = Packets.first(Protocol.TCP, "10.1.0.2", proxy, 8080);
    RuleAt rule =
        ruleset.walk(Hook.PREROUTING, published, Packets.LISTENING).translated().orElseThrow();
    shell(net, backEnd, policy.deletion() + "; " + rule.deletion());
    Ruleset later = net.proxy().call(Ruleset::read);
    assertEquals(Optional.empty(), later.walk(Hook.FORWARD, WEB, Packets.LISTENING).dropped());
    assertUntouched(later.walk(Hook.PREROUTING, published, Packets.LISTENING));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NFT")
  void kubeProxy(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    Ruleset ruleset = restore(net, backEnd, KUBE_PROXY);
    assertUntouched(ruleset.walk(Hook.PREROUTING, WEB, Packets.LISTENING));
    Packet service = Packets.first(Protocol.TCP, "10.1.0.2", "10.96.0.1", 80);
    Fate fate = ruleset.walk(Hook.PREROUTING, service, Packets.LISTENING);
    assertEquals(0x4000, fate.mark());
    assertEquals("KUBE-SEP-A", fate.translated().orElseThrow().chain());
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NFT")
  void ufwAndFail2ban(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    Ruleset ruleset = restore(net, backEnd, UFW);
    assertUntouched(ruleset.walk(Hook.INPUT, WEB, Packets.LISTENING));
    Packet banned = Packets.first(Protocol.TCP, "192.0.2.7", "10.1.0.1", 22);
    assertTrue(ruleset.walk(Hook.INPUT, banned, Packets.LISTENING).rejected());
    Packet other = Packets.first(Protocol.TCP, "192.0.2.8", "10.1.0.1", 22);
    assertEquals(
        "policy drop",
        ruleset.walk(Hook.INPUT, other, Packets.LISTENING).dropped().orElseThrow().text());
  }

  @Test
  void firewalldAndWgQuick(LabNetwork net) throws Exception {
    shell(net, FirewallBackEnd.NFT, "nft -f - <<'END'\n" + FIREWALLD + WG_QUICK + "END");
    Ruleset ruleset = net.proxy().call(Ruleset::read);
    assertUntouched(ruleset.walk(Hook.PREROUTING, WEB, Packets.LISTENING));
    Fate fate = ruleset.walk(Hook.INPUT, WEB, Packets.LISTENING);
    RuleAt rule = fate.dropped().orElseThrow();
    assertTrue(fate.rejected());
    assertEquals("filter_IN_public", rule.chain());
    assertFalse(rule.text().contains("packets"), rule.text());
    shell(net, FirewallBackEnd.NFT, rule.deletion());
    assertUntouched(net.proxy().call(Ruleset::read).walk(Hook.INPUT, WEB, Packets.LISTENING));
    Packet tunnelled = Packets.first(Protocol.UDP, "10.1.0.2", "10.9.0.2", 80);
    assertTrue(ruleset.walk(Hook.PREROUTING, tunnelled, Packets.LISTENING).dropped().isPresent());
  }

  private static void assertUntouched(Fate fate) {
    assertEquals(Optional.empty(), fate.dropped());
    assertEquals(Optional.empty(), fate.translated());
    assertEquals(0, fate.mark());
  }
}
