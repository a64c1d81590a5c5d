package dev.pellucid.runtime;

import static dev.pellucid.runtime.EditedRules.chain;
import static dev.pellucid.runtime.EditedRules.either;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Other programs' rules drop or translate what comes to the proxy, or what it sends. */
@Lab
@Timeout(60)
class DeliveryFindingsTest {
  @TempDir Path folder;

  private static void breakAndCure(DoctorLab lab, String script, FindingType type)
      throws Exception {
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(script);
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(type, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @ParameterizedTest
  @EnumSource
  void aPolicyDropsWhatIsNew(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    breakAndCure(
        lab,
        either(
            backEnd,
            chain(
                "input",
                "type filter hook input priority 0; policy drop; ct state established,related accept"),
            """
            iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
            iptables -P INPUT DROP
            """),
        FindingType.INPUT_DROPPED);
    lab.assertAllFlows();
  }

  /** As firewalld does by default: the way back of a marked packet is the local route. */
  @ParameterizedTest
  @EnumSource
  void theReversePathIsLookedUpByTheMark(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    lab.onProxy(
        """
        nft -f - <<'END'
        table inet firewalld {
          chain mangle_PREROUTING {
            type filter hook prerouting priority mangle + 10; policy accept;
            icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
            meta nfproto ipv6 fib saddr . mark . iif oif missing drop
          }
        }
        END
        """);
    lab.assertDoesNotFlow(Transport.TCP, true);
    lab.assertFlows(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.INPUT_DROPPED, Depth.LOOK), Depth.LOOK);
    lab.assertAllFlows();
  }

  @ParameterizedTest
  @EnumSource
  void aRuleDropsUpstreamsReplies(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    breakAndCure(
        lab,
        either(
            backEnd,
            chain("input", "type filter hook input priority 0; iifname server0 drop"),
            """
            iptables -N GUARD
            iptables -A GUARD -i server0 -j REJECT
            iptables -A INPUT -j GUARD
            """),
        FindingType.INPUT_DROPPED);
    lab.assertAllFlows();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsInterceptedGoesElsewhere(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        either(
            backEnd,
            chain(
                "prerouting",
                "type nat hook prerouting priority dstnat;"
                    + " iifname client0 tcp dport 80 dnat to 10.2.0.2:8080"),
            "iptables -t nat -A PREROUTING -i client0 -p tcp --dport 80"
                + " -j DNAT --to-destination 10.2.0.2:8080"),
        FindingType.NAT);
  }

  @ParameterizedTest
  @EnumSource
  void aRouterMasquerades(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    breakAndCure(lab, masquerade(backEnd), FindingType.NAT);
    lab.assertAllFlows();
  }

  @ParameterizedTest
  @EnumSource
  void aRouterMasqueradesWhatGoesToAPool(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(
            net,
            folder,
            backEnd,
            """
            pooled { address = "0.0.0.0:50080", intercept { ports = [80], interfaces = [client0] }
              upstream { route = pool, pool = [{ address = "10.2.0.2:80" }], balancer.type = first }
            }
            """),
        masquerade(backEnd),
        FindingType.NAT);
  }

  private static String masquerade(FirewallBackEnd backEnd) {
    return either(
        backEnd,
        chain(
            "postrouting",
            "type nat hook postrouting priority srcnat;"
                + " ip saddr 10.1.0.0/24 oifname server0 masquerade"),
        "iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -o server0 -j MASQUERADE");
  }

  /** Rules about the servers alone, where listeners take what comes by any interface. */
  @Test
  void rulesAreAboutServersNearby(LabNetwork net) throws Exception {
    FirewallBackEnd nft = FirewallBackEnd.NFT;
    DoctorLab lab =
        DoctorLab.start(
            net, folder, nft, "web { address = \"0.0.0.0:50080\", intercept { ports = [80] } }");
    lab.assertClean(Depth.LOOK);
    breakAndCure(lab, masquerade(nft), FindingType.NAT);
    for (Stranger stranger : NEARBY) {
      lab.onProxy("nft delete table ip stranger");
      breakAndCure(lab, chain(stranger.hook(), stranger.rules()), stranger.type());
    }
  }

  @Test
  void rulesAreAboutWhatTheProxySends(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    for (Stranger stranger : SENT) {
      breakAndCure(lab, chain(stranger.hook(), stranger.rules()), stranger.type());
      lab.onProxy("nft delete table ip stranger");
    }
  }

  @Test
  void theCureIsForAllPorts(LabNetwork net) throws Exception {
    DoctorLab lab =
        DoctorLab.start(
            net,
            folder,
            FirewallBackEnd.NFT,
            """
            web { address = "0.0.0.0:50080"
              intercept { ports = [80, "8000-8019"], interfaces = [client0] } }
            """);
    lab.onProxy(masquerade(FirewallBackEnd.NFT));
    Finding finding = lab.assertOnly(FindingType.NAT, Depth.LOOK);
    assertEquals(
        """
        nft 'insert rule ip stranger postrouting oifname "server0" tcp dport 80 accept'
        nft 'insert rule ip stranger postrouting oifname "server0" tcp dport 8000-8019 accept'""",
        finding.cure());
    lab.cure(finding, Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(
        chain(
            "prerouting",
            "type nat hook prerouting priority dstnat; tcp dport 8003-8005 redirect to :9999"));
    lab.cure(lab.assertOnly(FindingType.NAT, Depth.LOOK), Depth.LOOK);
    lab.onProxy(chain("input", "type filter hook input priority 0; tcp dport 8005 drop"));
    lab.cure(lab.assertOnly(FindingType.INPUT_DROPPED, Depth.LOOK), Depth.LOOK);
  }

  private record Stranger(FindingType type, String hook, String rules) {}

  private static final List<Stranger> NEARBY =
      List.of(
          new Stranger(
              FindingType.NAT,
              "prerouting",
              "type nat hook prerouting priority dstnat;"
                  + " ip daddr 10.2.0.2 tcp dport 80 redirect to :9999"),
          new Stranger(
              FindingType.TPROXY_SHADOWED,
              "prerouting",
              "type filter hook prerouting priority raw;"
                  + " ip daddr 10.2.0.0/24 tcp dport 80 drop"),
          new Stranger(
              FindingType.INPUT_DROPPED,
              "input",
              "type filter hook input priority 0; ip daddr 10.2.0.2 drop"));

  private static final List<Stranger> SENT =
      List.of(
          new Stranger(
              FindingType.OUTPUT_DROPPED,
              "output",
              "type filter hook output priority 0; oifname server0 tcp dport 80 drop"),
          new Stranger(
              FindingType.OUTPUT_DROPPED,
              "postrouting",
              "type filter hook postrouting priority 0; oifname client0 tcp sport 80 drop"),
          new Stranger(
              FindingType.NAT,
              "output",
              "type nat hook output priority -100; tcp dport 80 dnat to 10.2.0.2:8001"),
          new Stranger(
              FindingType.INPUT_DROPPED,
              "input",
              "type filter hook input priority 0; tcp flags & (syn | ack) == syn | ack drop"));
}
