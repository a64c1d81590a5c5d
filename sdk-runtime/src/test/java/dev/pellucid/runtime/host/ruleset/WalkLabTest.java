package dev.pellucid.runtime.host.ruleset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import dev.pellucid.runtime.host.ruleset.Packet.Protocol;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets on paper go where the kernel sends real ones. */
@Lab
@Timeout(60)
class WalkLabTest {
  private static final int LISTENER = 50080;
  private static final int ASKED = 5000;
  private static final int CONTROL = 5001;
  private static final int MILLIS = 5000;

  private static Intercept intercept(String address, boolean udp) {
    InetSocketAddress listener = new InetSocketAddress(address, LISTENER);
    List<PortRange> ports = List.of(PortRange.of(80), new PortRange(8000, 8099));
    Intercept all = udp ? Intercept.udp("u", listener, ports) : Intercept.tcp("t", listener, ports);
    return all.withInterfaces(List.of(LabNetwork.CLIENT_INTERFACE));
  }

  private static Packet arriving(Protocol protocol, LabNetwork net, boolean six, int port) {
    return new Packet(
        protocol,
        LabNetwork.CLIENT_INTERFACE,
        "",
        six ? net.client().address6() : net.client().address(),
        40_000,
        six ? net.server(0).address6() : net.server(0).address(),
        port,
        true,
        Owner.NONE,
        0);
  }

  @ParameterizedTest
  @EnumSource
  void ownRules(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    Rules rules =
        Rules.of(
            List.of(
                intercept("0.0.0.0", false),
                intercept("::", false),
                intercept("0.0.0.0", true),
                intercept("::", true)));
    net.apply(backEnd, rules);
    Ruleset ruleset = net.proxy().call(Ruleset::read);
    int mark = rules.names().mark();
    for (boolean six : new boolean[] {false, true}) {
      for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
        Packet first = arriving(protocol, net, six, 8001);
        assertHandedOver(ruleset.walk(Hook.PREROUTING, first, Packets.LISTENING));
        assertTrue(
            ruleset.walk(Hook.PREROUTING, first, Packets.LISTENING.negate()).dropped().isPresent());
        assertEquals(
            0,
            ruleset
                .walk(Hook.PREROUTING, arriving(protocol, net, six, 81), Packets.LISTENING)
                .mark());
        // A SYN to a socket in TIME_WAIT, or a datagram for one that replies.
        Packet owned = first.withOwner(Owner.TRANSPARENT_SOCKET);
        assertHandedOver(ruleset.walk(Hook.PREROUTING, owned, Packets.LISTENING));
      }
      Packet ack = Packets.next(arriving(Protocol.TCP, net, six, 80), Owner.TRANSPARENT_SOCKET);
      Fate fate = ruleset.walk(Hook.PREROUTING, ack, Packets.LISTENING);
      assertEquals(mark, fate.mark());
      assertEquals(Optional.empty(), fate.listener());
    }
  }

  private static void assertHandedOver(Fate fate) {
    assertEquals(LISTENER, fate.listener().orElseThrow().port());
    assertTrue(fate.mark() != 0);
    assertTrue(fate.dropped().isEmpty());
  }

  // What stands in the input chain of each back end, and drops datagrams or not.
  private static Stream<String> rules(FirewallBackEnd backEnd) {
    return backEnd == FirewallBackEnd.NFT
        ? Stream.of(
            "udp dport 5000 drop",
            "udp dport { 4000-5000 } drop",
            "udp dport != 5000 udp dport != 5001 drop",
            "iifname \"client*\" udp dport 5000 drop",
            "iifname { \"lo\" } udp dport 5000 drop",
            "udp dport vmap { 1-4999 : drop, 5000 : jump other }",
            "fib daddr type local udp dport 5000 reject",
            "fib daddr type != local drop",
            "ct state new udp dport 5000 drop",
            "ct state established,related drop",
            "ct direction original udp dport 5000 drop",
            "ct direction reply drop",
            "meta mark set 0x0f; add rule inet t c meta mark and 0x3 == 0x3 udp dport 5000 drop",
            "meta mark set 0xf0 xor 0xff; add rule inet t c meta mark 0xf udp dport 5000 drop",
            "udp dport 5000 accept; add rule inet t c drop; add rule inet t d drop",
            "ip saddr . udp dport { 10.0.0.0/8 . 5000 } drop",
            "fib saddr . iif oif missing drop",
            "meta l4proto 17 th dport 5000 drop",
            "meta nfproto ipv6 drop",
            "udp dport 5000 meter m { ip saddr limit rate over 1000/second } drop",
            "udp dport 5000 update @s { ip saddr limit rate 1000/second } drop",
            "add @s { ip saddr limit rate over 1000/second } drop",
            "udp dport 5000 limit name few drop",
            "limit name flood drop",
            "quota over 100 mbytes drop",
            "tcp flags syn drop")
        : Stream.of(
            "-p udp --dport 5000 -j DROP",
            "-p udp -m multiport --dports 1,4000:5000 -j REJECT",
            "-i client+ -p udp --dport 5000 -j OTHER",
            "! -i client+ -p udp -j DROP",
            "-p udp --dport 5000 -g OTHER",
            "-m addrtype ! --dst-type LOCAL -j DROP",
            "-m addrtype --dst-type LOCAL -p udp --dport 5000 -j DROP",
            "-m conntrack --ctstate ESTABLISHED -j DROP",
            "-m conntrack --ctdir ORIGINAL -p udp --dport 5000 -j DROP",
            "-m conntrack --ctdir REPLY -j DROP",
            "-m conntrack --ctstate NEW -p udp --dport 5000 -j DROP",
            "-m iprange --src-range 1.0.0.0-1.0.0.9 -j DROP",
            "-p tcp --syn -j DROP");
  }

  private static String script(FirewallBackEnd backEnd, String rule) {
    if (backEnd == FirewallBackEnd.NFT) {
      return """
      nft -f - <<'END'
      add table inet t
      delete table inet t
      table inet t {
        set s { type ipv4_addr; size 9; flags dynamic; }
        limit few { rate 1000/second; }
        limit flood { rate over 1000/second; }
        chain other { udp dport 5000 drop; }
        chain c { type filter hook input priority 0; }
        chain d { type filter hook input priority 1; udp dport 4999 drop; }
      }
      END
      nft 'add rule inet t c %s'
      """
          .formatted(rule);
    }
    return """
    iptables -F; iptables -N OTHER 2>/dev/null || true; iptables -A OTHER -j DROP
    iptables -A INPUT %s
    """
        .formatted(rule);
  }

  @ParameterizedTest
  @EnumSource
  void asTheKernelDoes(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    List<String> different = new ArrayList<>();
    for (String rule : rules(backEnd).toList()) {
      net.proxy().run(() -> shell(backEnd, script(backEnd, rule)));
      Ruleset ruleset = net.proxy().call(Ruleset::read);
      boolean onPaper = passes(ruleset, net, ASKED);
      boolean control = passes(ruleset, net, CONTROL);
      String kernel = received(net);
      if (!kernel.equals(onPaper + " " + control)) {
        different.add("%s: %s, not %s %s".formatted(rule, kernel, onPaper, control));
      }
    }
    assertEquals(List.of(), different);
  }

  private static void shell(FirewallBackEnd backEnd, String script) throws Exception {
    ProcessBuilder builder = HostCommand.builder("sh", "-euc", script);
    builder.environment().putAll(backEnd.environment());
    HostCommand.finish(builder.start(), List.of(script));
  }

  private static boolean passes(Ruleset ruleset, LabNetwork net, int port) {
    Packet packet =
        new Packet(
            Protocol.UDP,
            LabNetwork.CLIENT_INTERFACE,
            "",
            net.client().address(),
            40_000,
            net.proxy().address(),
            port,
            true,
            Owner.LISTENER,
            0);
    return ruleset.walk(Hook.INPUT, packet, Packets.LISTENING).dropped().isEmpty();
  }

  // The network keeps their order: when the last has come, the first has come or never will.
  private static String received(LabNetwork net) throws Exception {
    try (DatagramSocket asked = net.proxy().call(() -> new DatagramSocket(ASKED));
        DatagramSocket control = net.proxy().call(() -> new DatagramSocket(CONTROL));
        DatagramSocket client = net.client().call(() -> new DatagramSocket())) {
      for (int port : new int[] {ASKED, CONTROL}) {
        client.send(
            new DatagramPacket(new byte[1], 1, new InetSocketAddress(net.proxy().address(), port)));
      }
      boolean second = receives(control, MILLIS);
      return receives(asked, 1) + " " + second;
    }
  }

  private static boolean receives(DatagramSocket socket, int millis) throws Exception {
    try {
      socket.setSoTimeout(millis);
      socket.receive(new DatagramPacket(new byte[1], 1));
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
