package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.Rules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients on the proxy's own host are intercepted, and the proxy itself is not. */
@Lab
@Timeout(30)
class LocalOutputTest {

  private static InetSocketAddress server(LabNetwork net, boolean six) {
    return six ? net.server(0).at6(PORT) : net.server(0).at(PORT);
  }

  private static InetAddress ownAddress(boolean six) throws Exception {
    return InetAddress.getByName(six ? "fd00:2::1" : "10.2.0.1");
  }

  private static TestProxy start(LabNetwork net, BindSettings settings, SourceAddress source)
      throws Exception {
    return TestProxy.start(
        net,
        settings.withMark(RuleNames.DEFAULT.proxyMark()),
        Stages.toOriginalDestination(),
        RelaySettings.create().withSource(source).withMark(RuleNames.DEFAULT.proxyMark()));
  }

  /**
   * Everything that leaves the host for that port is taken, the proxy's own connections excepted.
   */
  private static void assertTaken(
      LabNetwork net, TestProxy proxy, LabHost from, InetSocketAddress asked, InetAddress shown)
      throws Exception {
    Peers peers = Peers.connect(net, from, asked, net.server(0), asked);
    assertEquals(asked, peers.client().getRemoteSocketAddress());
    assertEquals(shown, peers.server().getInetAddress());
    Peers.send(peers.client(), "question");
    assertEquals("question", Peers.receive(peers.server(), 8));
    Peers.send(peers.server(), "answer");
    assertEquals("answer", Peers.receive(peers.client(), 6));
    peers.client().close();
    assertEquals("", Peers.receiveToEnd(peers.server()));
    peers.server().close();
    var summary = proxy.nextSummary();
    assertEquals(Termination.COMPLETED, summary.termination());
    assertEquals(asked, summary.connection().originalDestination());
    assertEquals(1, proxy.binding().accepted());
  }

  @ParameterizedTest
  @CsvSource({
    "NFT, false, false",
    "NFT, true, false",
    "IPTABLES, false, false",
    "IPTABLES, true, false",
    "NFT, false, true",
    "IPTABLES, true, true"
  })
  void byTproxy(FirewallTool tool, boolean six, boolean clientIp, LabNetwork net) throws Exception {
    BindSettings settings =
        BindSettings.create(six ? "::" : "0.0.0.0", LISTENER_PORT)
            .withInterception(Interception.TPROXY);
    Intercept intercept =
        Intercept.tcp("lab", settings.address(), List.of(PortRange.of(PORT))).withLocalOutput(true);
    net.apply(tool, Rules.of(List.of(intercept)));
    SourceAddress source = clientIp ? SourceAddress.clientIp() : SourceAddress.proxy();
    TestProxy proxy = start(net, settings, source);
    assertTaken(net, proxy, net.proxy(), server(net, six), ownAddress(six));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void byTproxyAndClientsElsewhereAreStillTaken(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    BindSettings settings =
        BindSettings.create(six ? "::" : "0.0.0.0", LISTENER_PORT)
            .withInterception(Interception.TPROXY);
    // As wide as can be: replies to clients match, too.
    List<PortRange> all = List.of(new PortRange(1, 65535));
    Intercept intercept =
        Intercept.tcp("lab", settings.address(), all)
            .withInterfaces(List.of(LabNetwork.CLIENT_INTERFACE))
            .withLocalOutput(true);
    net.apply(tool, Rules.of(List.of(intercept)));
    TestProxy proxy = start(net, settings, SourceAddress.proxy());
    assertTaken(net, proxy, net.client(), server(net, six), ownAddress(six));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void byRedirect(FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    BindSettings settings =
        BindSettings.create(six ? "::" : "0.0.0.0", LISTENER_PORT)
            .withInterception(Interception.REDIRECT);
    Intercept intercept =
        Intercept.redirect("lab", settings.address(), List.of(PortRange.of(PORT)))
            .withLocalOutput(true);
    net.apply(tool, Rules.of(List.of(intercept)));
    TestProxy proxy = start(net, settings, SourceAddress.proxy());
    assertTaken(net, proxy, net.proxy(), server(net, six), ownAddress(six));
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void byAForeignListener(FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    InetSocketAddress asked = server(net, six);
    BindSettings settings = BindSettings.create(asked).withInterception(Interception.FOREIGN);
    Intercept intercept = Intercept.foreign("lab", Transport.TCP, asked).withLocalOutput(true);
    net.apply(tool, Rules.of(List.of(intercept)));
    TestProxy proxy = start(net, settings, SourceAddress.proxy());
    assertTaken(net, proxy, net.proxy(), asked, ownAddress(six));
  }
}
