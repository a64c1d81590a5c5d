package dev.pellucid.runtime;

import static dev.pellucid.runtime.EditedRules.chain;
import static dev.pellucid.runtime.EditedRules.edit;
import static dev.pellucid.runtime.EditedRules.either;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients send first does not come to the listener. */
@Lab
@Timeout(60)
class InterceptionFindingsTest {
  private static final int MILLIS = 10_000;

  @TempDir Path folder;

  /** Breaks it, sees IPv4's TCP fail, has it named, cures it. */
  private static Finding breakAndCure(DoctorLab lab, String script, FindingType type)
      throws Exception {
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(script);
    lab.assertDoesNotFlow(Transport.TCP, false);
    Finding finding = lab.assertOnly(type, Depth.LOOK);
    lab.cure(finding, Depth.LOOK);
    lab.assertAllFlows();
    return finding;
  }

  @ParameterizedTest
  @EnumSource
  void noRuleHandsOver(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        edit(backEnd, "/tproxy.*comment \"tcp4\"/d", "/comment tcp4 /d"),
        FindingType.TPROXY_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void theRuleHandsOverToAnotherPort(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        edit(
            backEnd,
            "/comment \"tcp4\"/s/:50080/:50081/",
            "/comment tcp4 /s/on-port 50080/on-port 50081/"),
        FindingType.TPROXY_WRONG_PORT);
  }

  @ParameterizedTest
  @EnumSource
  void anAcceptComesFirst(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        either(
            backEnd,
            "nft insert rule inet pellucid prerouting ip saddr 10.1.0.2 tcp dport 80 accept",
            "iptables -t mangle -I PREROUTING -s 10.1.0.2 -p tcp --dport 80 -j ACCEPT"),
        FindingType.TPROXY_SHADOWED);
  }

  @ParameterizedTest
  @EnumSource
  void aReturnComesFirst(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        either(
            backEnd,
            "nft insert rule inet pellucid prerouting ip saddr 10.1.0.2 tcp dport 80 return",
            "iptables -t mangle -I PREROUTING -s 10.1.0.2 -p tcp --dport 80 -j RETURN"),
        FindingType.TPROXY_SHADOWED);
  }

  @ParameterizedTest
  @EnumSource
  void aDropComesFirst(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    breakAndCure(
        DoctorLab.start(net, folder, backEnd),
        either(
            backEnd,
            chain(
                "prerouting",
                "type filter hook prerouting priority raw; iifname client0 tcp dport 80 drop"),
            "iptables -t raw -A PREROUTING -i client0 -p tcp --dport 80 -j DROP"),
        FindingType.TPROXY_SHADOWED);
  }

  @ParameterizedTest
  @EnumSource
  void anotherChainRestoresTheConnectionsMark(FirewallBackEnd backEnd, LabNetwork net)
      throws Exception {
    Finding finding =
        breakAndCure(
            DoctorLab.start(net, folder, backEnd),
            chain(
                "prerouting",
                "type filter hook prerouting priority -140;"
                    + " iifname client0 tcp dport 80 meta mark set ct mark"),
            FindingType.MARK_OVERWRITTEN);
    assertEquals("nft 'insert rule ip stranger prerouting meta mark 0x71 accept'", finding.cure());
  }

  // With iptables, TPROXY itself drops what has no listener.
  @Test
  void nothingBlocksWhenTheProxyIsDown(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    lab.onProxy(edit(FirewallBackEnd.NFT, "/drop comment \"tcp4\"/d", ""));
    lab.cure(lab.assertOnly(FindingType.ON_PROXY_DOWN, Depth.LOOK), Depth.LOOK);
    lab.assertAllFlows();
    stop(lab);
    assertEquals(Optional.empty(), lab.ask(Transport.TCP, net.server(0).at(DoctorLab.PORT), 500));
  }

  private static void stop(DoctorLab lab) throws Exception {
    CompletionStage<Done> stopped = lab.server().stop();
    lab.server().abortConnections();
    stopped.toCompletableFuture().get(MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What {@link #nothingBlocksWhenTheProxyIsDown} warns of. */
  @Test
  void whatNothingBlocksPassesBy(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    lab.onProxy(edit(FirewallBackEnd.NFT, "/drop comment \"tcp4\"/d", ""));
    stop(lab);
    assertTrue(
        lab.ask(Transport.TCP, net.server(0).at(DoctorLab.PORT), MILLIS).isPresent(),
        "the server answers although the proxy is down");
  }

  @ParameterizedTest
  @EnumSource
  void noRuleMarksForAForeignListener(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab =
        DoctorLab.start(
            net,
            folder,
            backEnd,
            """
            far { address = "10.2.0.2:80", intercept { mode = foreign, interfaces = [client0] } }
            """);
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(edit(backEnd, "/comment \"far\"/d", "/comment far /d"));
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.TPROXY_MISSING, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }

  @ParameterizedTest
  @EnumSource
  void noRuleRedirects(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab =
        DoctorLab.start(
            net,
            folder,
            backEnd,
            """
            near { address = "0.0.0.0:50080"
                   intercept { mode = redirect, ports = [80], interfaces = [client0] } }
            """);
    lab.assertFlows(Transport.TCP, false);
    lab.onProxy(
        either(
            backEnd,
            "nft flush chain inet pellucid nat_prerouting",
            "iptables -t nat -F PELLUCID_REDIRECT"));
    lab.assertDoesNotFlow(Transport.TCP, false);
    lab.cure(lab.assertOnly(FindingType.TPROXY_MISSING, Depth.LOOK), Depth.LOOK);
    lab.assertFlows(Transport.TCP, false);
  }
}
