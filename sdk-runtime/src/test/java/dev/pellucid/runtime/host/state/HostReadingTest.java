package dev.pellucid.runtime.host.state;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Addresses;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.IpFamily;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the host prints is read as it is meant. */
@Lab
@Timeout(30)
class HostReadingTest {

  @Test
  void rules(LabNetwork net) throws Exception {
    List<String> rules =
        List.of(
            "not from all fwmark 0xca6c lookup 51820",
            "from 10.4.0.0/24 to 1.2.3.4/32 iif nosuch oif lo prohibit",
            "from all fwmark 0x80000/0xff0000 lookup 254",
            "from all lookup 254 suppress_prefixlength 0",
            "from all goto 107",
            "from all nop",
            "from all lookup 7",
            "from all fwmark 0x71 lookup 71",
            "not from all uidrange 0-0 lookup 71",
            "from all iif nosuch ipproto 6 sport 5 dport 80-90 lookup 254");
    for (int i = 0; i < rules.size(); i++) {
      String[] rule = ("ip rule add pref " + (100 + i) + " " + rules.get(i)).split(" ");
      net.proxy().exec(rule);
    }
    List<PolicyRule> read =
        net.proxy().call(() -> new Host().routing(IpFamily.IPV4).rules()).stream()
            .filter(rule -> rule.priority() >= 100 && rule.priority() < 200)
            .toList();
    assertEquals(rules, read.stream().map(PolicyRule::text).toList());
    assertTrue(read.stream().noneMatch(PolicyRule::special));
  }

  @Test
  void aConditionThatCannotBeJudged(LabNetwork net) throws Exception {
    net.proxy().exec("ip", "rule", "add", "pref", "99", "tos", "0x10", "lookup", "7");
    net.proxy().exec("ip", "rule", "add", "pref", "99", "l3mdev");
    List<PolicyRule> special =
        net.proxy().call(() -> new Host().routing(IpFamily.IPV4).rules()).stream()
            .filter(rule -> rule.priority() == 99)
            .toList();
    assertEquals(2, special.size());
    assertTrue(special.stream().allMatch(PolicyRule::special));
  }

  @Test
  void routes(LabNetwork net) throws Exception {
    net.proxy().exec("ip", "route", "add", "local", "default", "dev", "lo", "table", "71");
    net.proxy().exec("ip", "route", "add", "blackhole", "10.9.0.0/16", "table", "9");
    net.proxy().exec("ip", "route", "add", "default", "via", "10.2.0.2", "table", "52");
    Routing routing = net.proxy().call(() -> new Host().routing(IpFamily.IPV4));
    assertEquals(
        List.of("local default dev lo table 71"),
        routing.table(71).stream().map(Route::text).toList());
    assertEquals(Route.Type.LOCAL, routing.table(71).get(0).type());
    assertEquals(Route.everything(IpFamily.IPV4), routing.table(71).get(0).destination());
    assertEquals(
        List.of("blackhole 10.9.0.0/16 table 9"),
        routing.table(9).stream().map(Route::text).toList());
    assertEquals(Route.Type.UNICAST, routing.table(52).get(0).type());
  }

  @Test
  void aRouteThatCannotBeRead(LabNetwork net) throws Exception {
    net.proxy().exec("ip", "-6", "route", "add", "unreachable", "::ffff:0.0.0.0/96");
    Routing routing = net.proxy().call(() -> new Host().routing(IpFamily.IPV6));
    assertFalse(routing.table(255).isEmpty());
    assertTrue(IpTool.printsNoJson("Option \"-Numeric\" is unknown, try \"ip -help\"."));
    assertTrue(IpTool.printsNoJson("BusyBox v1.36.1 multi-call binary."));
    assertFalse(IpTool.printsNoJson("RTNETLINK answers: Operation not permitted"));
  }

  @Test
  void theWayToAnAddress(LabNetwork net) throws Exception {
    for (boolean six : List.of(false, true)) {
      Routing routing =
          net.proxy().call(() -> new Host().routing(six ? IpFamily.IPV6 : IpFamily.IPV4));
      var near = six ? net.client().address6() : net.client().address();
      assertEquals(
          Optional.of(LabNetwork.CLIENT_INTERFACE),
          net.proxy().call(() -> routing.lookup(near)).flatMap(Route::link));
      var far = Addresses.literal(six ? "2001:db8::1" : "192.0.2.1");
      assertEquals(Optional.empty(), net.proxy().call(() -> routing.lookup(far)));
    }
  }

  @Test
  void theWaysToManyAddresses(LabNetwork net) throws Exception {
    net.proxy().exec("ip", "route", "add", "10.2.0.0/24", "dev", "server0");
    Routing routing = net.proxy().call(() -> new Host().routing(IpFamily.IPV4));
    List<InetAddress> asked =
        Stream.concat(
                IntStream.rangeClosed(2, 200).mapToObj("10.2.0.%d"::formatted),
                Stream.of("192.0.2.1", "10.1.0.2", "192.0.2.2"))
            .map(Addresses::literal)
            .toList();
    Map<InetAddress, Optional<Route>> ways = net.proxy().call(() -> routing.lookup(asked));
    assertEquals(asked, List.copyOf(ways.keySet()));
    ways.forEach(
        (address, way) ->
            assertEquals(
                switch (address.getHostAddress().substring(0, 4)) {
                  case "10.1" -> Optional.of(LabNetwork.CLIENT_INTERFACE);
                  case "10.2" -> Optional.of("server0");
                  default -> Optional.empty();
                },
                way.flatMap(Route::link)));
  }

  @Test
  void routesOfARoutingProtocol(LabNetwork net) throws Exception {
    String routes =
        IntStream.range(0, 6_000)
            .mapToObj(
                n ->
                    "route add 10.%d.%d.0/24 dev %s proto bgp\n"
                        .formatted(50 + n / 256, n % 256, "server0"))
            .collect(joining());
    net.proxy().run(() -> HostCommand.run(output -> 0, routes, "ip", "-batch", "-"));
    net.proxy().exec("ip", "route", "add", "99.0.0.0/8", "dev", LabNetwork.CLIENT_INTERFACE);
    Routing routing = net.proxy().call(() -> new Host().routing(IpFamily.IPV4));
    assertTrue(routing.leftOut() > 900 && routing.leftOut() < 1_100);
    assertEquals(
        List.of("99.0.0.0/8 dev " + LabNetwork.CLIENT_INTERFACE + " table 254"),
        routing.main(Addresses.literal("99.1.2.3")).stream().map(Route::text).toList());
    List<Route> known = routing.known();
    assertEquals(64, known.size());
    assertTrue(
        known.stream()
            .map(Route::link)
            .toList()
            .containsAll(
                List.of(Optional.of(LabNetwork.CLIENT_INTERFACE), Optional.of("server0"))));
  }

  @Test
  void socketsThatListenComeBeforeConnections(LabNetwork net) throws Exception {
    try (ServerSocket first = net.proxy().call(() -> new ServerSocket(1000));
        Socket client = net.client().call(() -> new Socket(net.proxy().address(), 1000));
        Socket accepted = first.accept();
        ServerSocket second = net.proxy().call(() -> new ServerSocket(2000))) {
      assertTrue(client.isConnected() && accepted.isConnected() && second.isBound());
      Set<Integer> ports =
          net.proxy().call(() -> new Host().listening()).stream()
              .map(socket -> socket.address().getPort())
              .collect(toSet());
      assertTrue(ports.containsAll(Set.of(1000, 2000)), ports::toString);
    }
  }

  @Test
  void interfaces(LabNetwork net) throws Exception {
    net.proxy().exec("ip", "link", "add", "br0", "type", "bridge");
    net.proxy().exec("ip", "link", "set", LabNetwork.CLIENT_INTERFACE, "master", "br0");
    Interfaces interfaces = net.proxy().call(() -> new Host().interfaces());
    Interface bridge = interfaces.named("br0").orElseThrow();
    assertTrue(bridge.isBridge() && !bridge.up());
    Interface port = interfaces.named(LabNetwork.CLIENT_INTERFACE).orElseThrow();
    assertTrue(!port.isBridge() && port.up());
    assertEquals(Optional.of("br0"), port.master());
    assertTrue(port.ethernet() && !port.receives(), port::toString);
    assertEquals(
        List.of(new Interface.Address(net.proxy().address(), 24, Interface.Scope.GLOBAL)),
        port.routable(IpFamily.IPV4));
    Interface loopback = interfaces.named("lo").orElseThrow();
    assertEquals("", loopback.kind());
    assertTrue(!loopback.ethernet() && !loopback.receives());
    assertEquals(Optional.empty(), interfaces.named("nosuch"));
  }

  @Test
  void sysctls(LabNetwork net) throws Exception {
    String name = SysctlValues.ofInterface("ipv4", "a.b", "rp_filter");
    assertEquals("net.ipv4.conf.a/b.rp_filter", name);
    net.proxy().exec("ip", "link", "add", "a.b", "type", "bridge");
    net.proxy().exec("sysctl", "-w", name + "=2");
    SysctlValues sysctls = new SysctlValues();
    assertEquals(OptionalInt.of(2), net.proxy().call(() -> sysctls.number(name)));
    assertEquals(OptionalInt.empty(), sysctls.number("net.ipv4.no_such"));
  }
}
