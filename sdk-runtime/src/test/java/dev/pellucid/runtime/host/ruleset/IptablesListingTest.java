package dev.pellucid.runtime.host.ruleset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.host.ruleset.Packet.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IptablesListingTest {
  private static final Packet WEB = Packets.first(Protocol.TCP, "10.1.0.2", "10.2.0.2", 80);

  private static Ruleset mangle(String... rules) {
    return ruleset(
        """
        *mangle
        :PREROUTING ACCEPT [0:0]
        :D - [0:0]
        -A D -j MARK --set-xmark 0x71/0xffffffff
        -A D -j ACCEPT
        """
            + String.join("\n", rules)
            + "\nCOMMIT\n");
  }

  private static Ruleset ruleset(String listing) {
    AddressType types = new AddressType(Set.of(Interval.address("10.1.0.1")));
    return new Ruleset(IptablesListing.parse("iptables-legacy", listing, types));
  }

  private static Fate walk(Ruleset ruleset, Packet packet) {
    return ruleset.walk(Hook.PREROUTING, packet, Packets.LISTENING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p tcp",
        "-p 6",
        "! -p udp",
        "-s 10.1.0.0/16",
        "! -d 10.1.0.0/16",
        "-i eth+",
        "! -i lo",
        "-p tcp -m tcp --dport 80",
        "-p tcp -m tcp ! --dport 81:90",
        "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
        "-p tcp -m multiport --dports 443,79:80",
        "-m mark --mark 0x0/0xff",
        "-m conntrack --ctstate NEW,RELATED",
        "-m conntrack --ctdir ORIGINAL",
        "-m conntrack ! --ctdir REPLY",
        "-m addrtype ! --dst-type LOCAL",
        "-m addrtype --dst-type UNICAST -m addrtype ! --dst-type LOCAL",
        "-m iprange --src-range 10.1.0.1-10.1.0.9",
        "-m rpfilter",
        "-m limit --limit 10/sec",
        "-m comment --comment \"-j it\\'s \\\"odd\\\"\"",
      })
  void matches(String match) {
    assertTrue(walk(mangle("-A PREROUTING " + match + " -j DROP"), WEB).dropped().isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p udp",
        "! -p tcp",
        "-s 10.2.0.0/16",
        "-i wlan+",
        "-p tcp -m tcp --dport 81:90",
        "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN",
        "-p udp -m multiport --dports 80",
        "-m mark --mark 0x1/0xff",
        "-m state --state RELATED,ESTABLISHED",
        "-m addrtype --dst-type LOCAL",
        "-m rpfilter --invert",
        "-m socket --transparent --nowildcard",
        "-m set --match-set blocked src",
        "-m set ! --match-set blocked src",
        "-m future ! --option 1",
        "-p tcp -m tcp ! --future 1",
      })
  void doesNotMatch(String match) {
    assertTrue(walk(mangle("-A PREROUTING " + match + " -j DROP"), WEB).dropped().isEmpty());
  }

  private static Optional<String> droppedBehind(String... rules) {
    Ruleset filter =
        ruleset(
            "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:L - [0:0]\n"
                + String.join("\n", rules)
                + "\nCOMMIT\n");
    return filter.walk(Hook.INPUT, WEB, Packets.LISTENING).dropped().map(RuleAt::text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A INPUT -m set --match-set trusted src -j ACCEPT",
        "-A INPUT -p tcp -m length --length 40:80 -m tcp --dport 80 -j ACCEPT",
        "-A INPUT -p tcp -m time --timestart 08:00:00 -j L\n-A L -p tcp -j ACCEPT",
        "-A INPUT -m time --timestart 08:00:00 -g L\n-A L -p tcp -j ACCEPT",
        "-A INPUT -j L\n-A L -m set --match-set trusted src -j ACCEPT",
      })
  void nothingIsDroppedBehindWhatMayAcceptIt(String rules) {
    assertEquals(Optional.empty(), droppedBehind(rules));
    assertEquals(Optional.empty(), droppedBehind(rules, "-A INPUT -p tcp -j REJECT"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A INPUT -p udp -m length --length 40:80 -j ACCEPT",
        "-A INPUT -p tcp -m length --length 40:80 -m tcp --dport 22 -j ACCEPT",
        "-A INPUT -m set --match-set trusted src -j RETURN",
        "-A INPUT -m set --match-set trusted src -j L\n-A L -p udp -j ACCEPT",
        "-A INPUT -p tcp -m conntrack --ctstatus DNAT -j ACCEPT",
        "-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT",
        "-A FORWARD -m set --match-set trusted src -j ACCEPT",
      })
  void allElseIsDroppedByThePolicy(String rules) {
    assertEquals(Optional.of("policy drop"), droppedBehind(rules));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p icmp -m icmp --icmp-type 3/4",
        "-p icmp -m icmp --icmp-type any",
        "-m conntrack --ctstatus SEEN_REPLY,ASSURED"
      })
  void matchesErrors(String match) {
    Packet error =
        new Packet(
            Protocol.ICMP, "eth0", "", WEB.source(), 0, WEB.destination(), 0, false, Owner.NONE, 0);
    Ruleset ruleset = mangle("-A PREROUTING " + match + " -j DROP");
    assertTrue(walk(ruleset, error).dropped().isPresent());
    assertTrue(walk(ruleset, WEB).dropped().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "0x0f, --set-xmark 0x1/0xff, 0x1",
    "0xf0f, --set-xmark 0x1/0xff, 0xf01",
    "0x0f, --set-mark 0x1/0xff, 0x1",
    "0xf0f, --and-mark 0xff, 0xf",
    "0xf00, --or-mark 0xff, 0xfff",
    "0xf0f, --xor-mark 0xff, 0xff0",
  })
  void marks(String before, String option, String after) {
    Packet marked = WEB.withMark(Integer.decode(before));
    Fate fate = walk(mangle("-A PREROUTING -j MARK " + option), marked);
    assertEquals(Integer.decode(after), fate.mark());
  }

  @Test
  void tproxyGivesToItsListenerAndDropsWithout() {
    Ruleset ruleset =
        mangle(
            "-A PREROUTING -p tcp -j TPROXY --on-port 50080 --on-ip 0.0.0.0 --tproxy-mark 0x71/0xff",
            "-A PREROUTING -j DROP");
    Fate fate = walk(ruleset, WEB);
    assertEquals(50080, fate.listener().orElseThrow().port());
    assertEquals(Optional.empty(), fate.listener().orElseThrow().address());
    assertEquals(0x71, fate.mark());
    assertTrue(fate.dropped().isEmpty());
    Fate without = ruleset.walk(Hook.PREROUTING, WEB, Packets.LISTENING.negate());
    assertTrue(without.dropped().orElseThrow().text().contains("TPROXY"));
    assertEquals(50080, without.unheard().orElseThrow().port());
  }

  @Test
  void chainsReturnAndGoTo() {
    assertEquals(0x71, walk(mangle("-A PREROUTING -j D", "-A PREROUTING -j DROP"), WEB).mark());
    Ruleset going =
        ruleset(
            """
            *filter
            :INPUT DROP [0:0]
            :A - [0:0]
            :B - [0:0]
            -A INPUT -j A
            -A INPUT -j ACCEPT
            -A A -g B
            -A A -j DROP
            -A B -j RETURN
            COMMIT
            """);
    assertTrue(going.walk(Hook.INPUT, WEB, Packets.LISTENING).dropped().isEmpty());
  }

  @Test
  void policyAndRuleTellHowToGetRidOfThem() {
    Ruleset ruleset =
        ruleset(
            """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -p udp -m comment --comment "it\\'s odd" -j REJECT --reject-with icmp-port-unreachable
            COMMIT
            """);
    RuleAt policy = ruleset.walk(Hook.INPUT, WEB, Packets.LISTENING).dropped().orElseThrow();
    assertEquals("policy drop", policy.text());
    assertEquals("iptables-legacy -t filter -P INPUT ACCEPT", policy.deletion());
    Packet dns = Packets.first(Protocol.UDP, "10.1.0.2", "10.1.0.1", 53);
    Fate fate = ruleset.walk(Hook.INPUT, dns, Packets.LISTENING);
    assertTrue(fate.rejected());
    assertEquals(
        "iptables-legacy -t filter -D INPUT -p udp -m comment --comment 'it'\\''s odd' -j REJECT --reject-with icmp-port-unreachable",
        fate.dropped().orElseThrow().deletion());
  }

  @ParameterizedTest
  @CsvSource({
    "raw, CT --notrack, false",
    "raw, NOTRACK, false",
    "raw, CT --zone 1, true",
    "mangle, CT --notrack, true",
  })
  void whatIsNotTrackedIsNotTranslated(String table, String target, boolean translated) {
    Ruleset ruleset =
        ruleset(
            """
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -p tcp -j REDIRECT --to-ports 1
            COMMIT
            *%s
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -p tcp -j %s
            COMMIT
            """
                .formatted(table, target));
    assertEquals(translated, walk(ruleset, WEB).translated().isPresent());
    assertEquals(!translated, walk(ruleset, WEB).untracked());
  }

  @ParameterizedTest
  @CsvSource({
    "-m conntrack --ctstate UNTRACKED, true",
    "-m state --state NEW, false",
    "-m conntrack ! --ctstate NEW, true",
    "-m conntrack --ctdir ORIGINAL, false",
    "-m connmark --mark 0x0, false",
  })
  void theStateOfWhatIsNotTracked(String match, boolean drops) {
    String rule = "-A PREROUTING %s -j DROP".formatted(match);
    Packet untracked = WEB.withUntracked(true);
    assertEquals(drops, walk(mangle(rule), untracked).dropped().isPresent());
  }

  @Test
  void onlyAConnectionsFirstPacketIsTranslated() {
    Ruleset ruleset =
        ruleset(
            "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j REDIRECT --to-ports 1\nCOMMIT");
    assertTrue(walk(ruleset, WEB).translated().isPresent());
    assertTrue(walk(ruleset, Packets.next(WEB, Owner.NONE)).translated().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, false, false",
    "LISTENER, false, false",
    "TRANSPARENT_LISTENER, false, true",
    "TRANSPARENT_SOCKET, true, true",
  })
  void socketsAreTheirOwners(Owner owner, boolean plain, boolean wildcards) {
    Packet ack = Packets.next(WEB, owner);
    Ruleset ruleset = mangle("-A PREROUTING -m socket --transparent -j DROP");
    assertEquals(plain, walk(ruleset, ack).dropped().isPresent());
    Ruleset any = mangle("-A PREROUTING -m socket --transparent --nowildcard -j DROP");
    assertEquals(wildcards, walk(any, ack).dropped().isPresent());
  }

  @Test
  void unknownTargetsDoNothing() {
    Fate fate = walk(mangle("-A PREROUTING -j NFQUEUE --queue-num 1", "-A PREROUTING -j D"), WEB);
    assertEquals(0x71, fate.mark());
    assertEquals(
        List.of(Fate.Action.MARK, Fate.Action.ACCEPT),
        fate.steps().stream().map(Fate.Step::action).toList());
  }

  @Test
  void someRulesAskForSenders() {
    assertTrue(mangle("-A D -m owner --uid-owner 1000 -j ACCEPT").asksForSenders());
    assertFalse(mangle("-A D -p tcp -m tcp --dport 80 -j ACCEPT").asksForSenders());
  }
}
