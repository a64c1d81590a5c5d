package dev.pellucid.runtime.host.doctor.firewall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Named;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the check concludes from what becomes of packets; here, no rules stand behind that. */
class FirewallCheckTest {
  private static final int MARK = 0x71;
  private static final RuleAt OURS =
      new RuleAt("nft", "inet", "pellucid", "prerouting", "tproxy", "nft delete rule …");
  private static final RuleAt POLICY =
      new RuleAt("iptables-legacy", "ip", "filter", "INPUT", "policy drop", "iptables -P …");

  private static final Interfaces INTERFACES =
      new Interfaces(
          List.of(
              link(
                  "lan0",
                  new Interface.Address(Addresses.literal("10.1.0.1"), 24, Interface.Scope.GLOBAL)),
              link("wan0")));

  private static final Surroundings AROUND =
      new Surroundings(INTERFACES, List.of(), List.of(), false);

  private static Interface link(String name, Interface.Address... addresses) {
    return new Interface(name, Set.of("UP"), true, "", Optional.empty(), List.of(addresses));
  }

  private static List<Finding> examine(Firewall.Walk walk, String... listeners) throws Exception {
    return examine(AROUND, walk, listeners);
  }

  private static List<Finding> examine(Surroundings around, Firewall.Walk walk, String... listeners)
      throws Exception {
    List<Intercept> intercepts =
        List.of(listeners).stream()
            .map(
                name ->
                    Intercept.tcp(
                            name,
                            new InetSocketAddress("0.0.0.0", 50080 + name.length()),
                            List.of(new PortRange(80 * name.length(), 81 * name.length())))
                        .withInterfaces(List.of("lan0")))
            .toList();
    HostRequirements wanted = new HostRequirements(Rules.of(intercepts), List.of(), "apply");
    return FirewallCheck.examine(
        new Firewall(walk, address -> Optional.of("wan0"), around, wanted));
  }

  /** What becomes of packets where all is well: TCP to port 80 or 81 goes to port 50081. */
  private static Fate well(Hook hook, Packet packet, boolean listening) {
    if (hook != Hook.PREROUTING) {
      return passing(packet);
    }
    if (!packet.first() && packet.owner() == Owner.TRANSPARENT_SOCKET) {
      return fate(Optional.empty(), MARK, Optional.empty());
    }
    boolean web = packet.destinationPort() == 80 || packet.destinationPort() == 81;
    if (!web || !packet.inInterface().equals("lan0")) {
      return passing(packet);
    }
    return listening
        ? fate(
            Optional.empty(), MARK, Optional.of(new Fate.Listener(Optional.empty(), 50081, OURS)))
        : fate(Optional.of(OURS), 0, Optional.empty());
  }

  private static Fate passing(Packet packet) {
    return fate(Optional.empty(), packet.mark(), Optional.empty());
  }

  private static Fate fate(Optional<RuleAt> dropped, int mark, Optional<Fate.Listener> listener) {
    return new Fate(dropped, false, mark, listener, Optional.empty(), Optional.empty(), List.of());
  }

  private static Set<FindingType> types(List<Finding> findings) {
    return findings.stream().map(Finding::type).collect(Collectors.toSet());
  }

  @Test
  void allIsWell() throws Exception {
    assertEquals(List.of(), examine(FirewallCheckTest::well, "a"));
  }

  @Test
  void whatOneCommandCuresIsOneFinding() throws Exception {
    List<Finding> findings = examine((hook, packet, listening) -> passing(packet), "a", "bb");
    assertEquals(2, findings.size(), findings::toString);
    assertEquals(Set.of(FindingType.TPROXY_MISSING, FindingType.DIVERT_MISSING), types(findings));
    assertEquals("listener a, listener bb", findings.get(0).subject());
    assertEquals("apply", findings.get(0).cure());
  }

  @Test
  void theCureLetsInWhatComesFromThatInterface() throws Exception {
    List<Finding> findings =
        examine(
            (hook, packet, listening) ->
                hook == Hook.INPUT && packet.first()
                    ? fate(Optional.of(POLICY), packet.mark(), Optional.empty())
                    : well(hook, packet, listening),
            "a");
    assertEquals(Set.of(FindingType.INPUT_DROPPED), types(findings));
    assertEquals(
        "iptables-legacy -w -t filter -I INPUT -i lan0 -m mark --mark 0x71 -j ACCEPT",
        findings.get(0).cure());
  }

  @Test
  void clientsAreNeighboursOfTheirInterface() throws Exception {
    examine(
        (hook, packet, listening) -> {
          if (hook == Hook.PREROUTING && packet.first() && packet.destinationPort() == 80) {
            String client = packet.inInterface().equals("lan0") ? "10.1.0.2" : "192.31.196.1";
            if (packet.source() instanceof Inet4Address
                && packet.protocol() == Packet.Protocol.TCP) {
              assertEquals(Addresses.literal(client), packet.source());
            }
          }
          return well(hook, packet, listening);
        },
        "a");
  }

  private static Firewall.Walk dropping(InetAddress to, int port) {
    return (hook, packet, listening) ->
        hook == Hook.PREROUTING
                && packet.destination().equals(to)
                && packet.destinationPort() == port
            ? fate(Optional.of(POLICY), packet.mark(), Optional.empty())
            : well(hook, packet, listening);
  }

  @Test
  void clientsGoWhereRulesSay() throws Exception {
    InetAddress server = Addresses.literal("10.2.0.77");
    List<Surroundings.Network> networks =
        List.of(new Surroundings.Network(Cidr.parse("10.2.0.0/24"), "wan0"));
    Named named = new Named(List.of(Cidr.of(server)), List.of(22, 81));
    assertEquals(
        Set.of(FindingType.TPROXY_SHADOWED),
        types(
            examine(
                new Surroundings(INTERFACES, networks, List.of(named), false),
                dropping(server, 81),
                "a")));
    assertEquals(
        List.of(),
        examine(
            new Surroundings(INTERFACES, List.of(), List.of(named), false),
            dropping(server, 81),
            "a"));
  }

  /** Docker, for one, drops what others send to its containers' own addresses. */
  @Test
  void nobodyAsksForWhatIsBehindBridges() throws Exception {
    InetAddress container = Addresses.literal("172.17.0.2");
    Interface bridge =
        new Interface("docker0", Set.of("UP"), true, "bridge", Optional.empty(), List.of());
    List<Interface> all = new ArrayList<>(INTERFACES.list());
    all.add(bridge);
    Surroundings around =
        new Surroundings(
            new Interfaces(all),
            List.of(new Surroundings.Network(Cidr.parse("172.17.0.0/16"), "docker0")),
            List.of(new Named(List.of(Cidr.of(container)), List.of())),
            false);
    Firewall.Walk walk =
        (hook, packet, listening) ->
            packet.inInterface().equals("docker0")
                ? well(hook, packet, listening)
                : dropping(container, 80).walk(hook, packet, listening);
    assertEquals(List.of(), examine(around, walk, "a"));
  }

  @Test
  void nobodyKnowsWhatIsDroppedBySender() throws Exception {
    Firewall.Walk walk =
        (hook, packet, listening) ->
            hook == Hook.OUTPUT && !packet.first()
                ? fate(Optional.of(POLICY), packet.mark(), Optional.empty())
                : well(hook, packet, listening);
    List<Finding> findings = examine(walk, "a");
    assertEquals(Set.of(FindingType.OUTPUT_DROPPED), types(findings));
    assertEquals(
        "iptables-legacy -w -t filter -I OUTPUT -o lan0 -p tcp --sport 80:81 -j ACCEPT",
        findings.get(0).cure());
    assertEquals(
        List.of(), examine(new Surroundings(INTERFACES, List.of(), List.of(), true), walk, "a"));
  }
}
