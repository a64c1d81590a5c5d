package dev.pellucid.runtime.host.ruleset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.host.ruleset.Packet.Protocol;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NftListingTest {
  private static final Packet WEB = Packets.first(Protocol.TCP, "10.1.0.2", "10.2.0.2", 80);
  private static final AddressType TYPES = new AddressType(Set.of(Interval.address("10.1.0.1")));

  private static final String TPROXY =
      "{\"tproxy\": {\"family\": \"ip\", \"port\": 50080}}, {\"accept\": null}";

  /** A chain with rules, each a list of statements, in a table with a set and a verdict map. */
  private static Ruleset ruleset(String policy, String... rules) {
    StringBuilder json =
        new StringBuilder(
            """
            {"nftables": [{"metainfo": {"version": "1.0.6"}},
            {"table": {"family": "inet", "name": "t", "handle": 1}},
            {"chain": {"family": "inet", "table": "t", "name": "stop", "handle": 2}},
            {"chain": {"family": "inet", "table": "t", "name": "c", "handle": 1,
              "type": "filter", "hook": "prerouting", "prio": -150, "policy": "%s"}},
            {"set": {"family": "inet", "table": "t", "name": "clients", "type": "ipv4_addr",
              "elem": [{"prefix": {"addr": "10.0.0.0", "len": 8}},
                       {"elem": {"val": "192.0.2.1", "timeout": 9}}]}},
            {"map": {"family": "inet", "table": "t", "name": "ports", "map": "verdict",
              "elem": [[{"range": [79, 81]}, {"jump": {"target": "stop"}}]]}},
            {"limit": {"family": "inet", "name": "flood", "table": "t", "rate": 9, "inv": true}},
            {"limit": {"family": "inet", "name": "few", "table": "t", "rate": 9}},
            {"quota": {"family": "inet", "name": "much", "table": "t", "bytes": 9, "inv": true}},
            {"rule": {"family": "inet", "table": "t", "chain": "stop", "handle": 9,
              "expr": [{"drop": null}]}}
            """
                .formatted(policy));
    for (int i = 0; i < rules.length; i++) {
      json.append(
          ", {\"rule\": {\"family\": \"inet\", \"table\": \"t\", \"chain\": \"c\", \"handle\": %d, \"expr\": [%s]}}"
              .formatted(10 + i, rules[i]));
    }
    return new Ruleset(tables(json.append("]}").toString(), TEXT));
  }

  private static List<Table> tables(String json, String text) {
    try {
      return NftListing.read(stream(json), NftRuleTexts.read(stream(text)), TYPES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "dorm"|false
          "dormant"|false
          ["owner", "dormant"]|false
          "owner"|true
          """)
  void aDormantTableDoesNothing(String flags, boolean awake) {
    String json =
        """
        {"nftables": [{"table": {"family": "ip", "name": "t", "handle": 1, "flags": %s}},
        {"chain": {"family": "ip", "table": "t", "name": "c", "handle": 1,
          "type": "filter", "hook": "prerouting", "prio": -150, "policy": "drop"}}]}
        """;
    Ruleset ruleset = new Ruleset(tables(json.formatted(flags), TEXT));
    assertEquals(awake, walk(ruleset, WEB).dropped().isPresent());
  }

  private static final String TEXT =
      """
      table inet t { # handle 1
      \tchain c { # handle 1
      \t\ttype filter hook prerouting priority mangle; policy accept;
      \t\ttcp dport 80 drop comment "x" # handle 10
      \t}
      }
      """;

  private static Fate walk(Ruleset ruleset, Packet packet) {
    return ruleset.walk(Hook.PREROUTING, packet, Packets.LISTENING);
  }

  private static String match(String op, String left, String right) {
    return "{\"match\": {\"op\": \"%s\", \"left\": %s, \"right\": %s}}".formatted(op, left, right);
  }

  private static String field(String name) {
    String[] parts = name.split(" ", 2);
    return Set.of("meta", "ct", "socket").contains(parts[0])
        ? "{\"%s\": {\"key\": \"%s\"}}".formatted(parts[0], parts[1])
        : "{\"payload\": {\"protocol\": \"%s\", \"field\": \"%s\"}}".formatted(parts[0], parts[1]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ==|tcp dport|80|true
          !=|tcp dport|80|false
          !=|udp dport|80|false
          >=|tcp dport|81|false
          <|tcp dport|81|true
          ==|tcp dport|{"set": [22, {"range": [80, 90]}]}|true
          ==|ip saddr|"@clients"|true
          !=|ip saddr|"@clients"|false
          ==|ip daddr|{"prefix": {"addr": "10.2.0.0", "len": 16}}|true
          ==|ip6 daddr|{"prefix": {"addr": "::", "len": 0}}|false
          ==|ip saddr|"@missing"|false
          !=|ip saddr|"@missing"|false
          ==|meta l4proto|"tcp"|true
          ==|meta l4proto|{"set": ["udp", 6]}|true
          ==|meta iifname|"eth*"|true
          !=|meta iifname|{"set": ["eth0", "eth1"]}|false
          ==|meta oifname|"eth0"|false
          !=|meta oifname|"eth0"|false
          in|ct state|["established", "related"]|false
          in|ct state|["new", "related"]|true
          !=|ct state|"new"|false
          ==|ct direction|"original"|true
          ==|ct direction|"reply"|false
          in|tcp flags|"syn"|true
          !|tcp flags|"ack"|true
          ==|meta nfproto|"ipv4"|true
          ==|meta pkttype|"host"|true
          !=|meta skuid|0|false
          ~~|tcp dport|80|false
          """)
  void matches(String op, String left, String right, boolean holds) {
    Ruleset ruleset = ruleset("accept", match(op, field(left), right) + ", {\"drop\": null}");
    assertEquals(holds, walk(ruleset, WEB).dropped().isPresent());
  }

  @ParameterizedTest
  @CsvSource({
    "==, ct state, \"untracked\", true",
    "in, ct state, \"new\", false",
    "!=, ct mark, 1, false",
    "==, ct direction, \"original\", false",
  })
  void whatIsNotTracked(String op, String left, String right, boolean holds) {
    Ruleset ruleset = ruleset("accept", match(op, field(left), right) + ", {\"drop\": null}");
    assertEquals(holds, walk(ruleset, WEB.withUntracked(true)).dropped().isPresent());
  }

  @Test
  void whatChainsWithoutANameDoIsNotKnown() {
    Ruleset ruleset = ruleset("accept", "\"jump {\\n\\t\\tdrop\\n\\t}\"");
    assertTrue(walk(ruleset, WEB).dropped().isEmpty());
    assertEquals(List.of("c"), ruleset.unseen().stream().map(RuleAt::chain).toList());
    assertEquals(List.of(), ruleset("accept", "{\"drop\": null}").unseen());
  }

  @Test
  void aRuleIsNamedByItsTextAndDeletedByItsHandle() {
    RuleAt rule = walk(ruleset("accept", "{\"drop\": null}"), WEB).dropped().orElseThrow();
    assertEquals("tcp dport 80 drop comment \"x\"", rule.text());
    assertEquals("nft delete rule inet t c handle 10", rule.deletion());
    RuleAt policy = walk(ruleset("drop"), WEB).dropped().orElseThrow();
    assertEquals("nft chain inet t c '{ policy accept; }'", policy.deletion());
  }

  @Test
  void verdictMapsDecide() {
    String map = "{\"vmap\": {\"key\": %s, \"data\": \"@ports\"}}".formatted(field("tcp dport"));
    assertTrue(walk(ruleset("accept", map), WEB).dropped().isPresent());
    Packet other = Packets.first(Protocol.TCP, "10.1.0.2", "10.2.0.2", 443);
    assertTrue(walk(ruleset("accept", map), other).dropped().isEmpty());
  }

  @Test
  void tproxyIsNoVerdictAndDoesNotMatchWithoutAListener() {
    Ruleset ruleset = ruleset("accept", TPROXY, "{\"drop\": null}");
    assertEquals(50080, walk(ruleset, WEB).listener().orElseThrow().port());
    assertTrue(
        ruleset.walk(Hook.PREROUTING, WEB, Packets.LISTENING.negate()).dropped().isPresent());
    Packet six = Packets.first(Protocol.TCP, "fd00::2", "fd00::3", 80);
    assertEquals(Optional.empty(), walk(ruleset, six).listener());
  }

  @ParameterizedTest
  @CsvSource({"80, 50080", "443, 50443", "22, 0"})
  void theListenersPortIsInAMap(int asked, int port) {
    String rule =
        """
        {"tproxy": {"family": "ip", "port": {"map": {"key": %s,
          "data": {"set": [[80, 50080], [443, 50443]]}}}}}
        """
            .formatted(field("tcp dport"));
    Packet packet = Packets.first(Protocol.TCP, "10.1.0.2", "10.2.0.2", asked);
    Fate fate = walk(ruleset("accept", rule), packet);
    assertEquals(port, fate.listener().map(Fate.Listener::port).orElse(0));
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, false, false", "LISTENER, false, true",
    "TRANSPARENT_LISTENER, true, true", "TRANSPARENT_SOCKET, true, false"
  })
  void socketsAreTheirOwners(Owner owner, boolean transparent, boolean wildcard) {
    Packet ack = Packets.next(WEB, owner);
    String drop = ", {\"drop\": null}";
    Ruleset any = ruleset("accept", match("==", field("socket transparent"), "1") + drop);
    assertEquals(transparent, walk(any, ack).dropped().isPresent());
    Ruleset wild = ruleset("accept", match("==", field("socket wildcard"), "1") + drop);
    assertEquals(wildcard, walk(wild, ack).dropped().isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"limit\": {\"rate\": 9, \"per\": \"second\", \"inv\": true}}",
        "{\"limit\": \"flood\"}",
        "{\"limit\": {\"map\": {\"key\": 80, \"data\": {\"set\": [[80, \"few\"]]}}}}",
        "{\"quota\": {\"val\": 9, \"val_unit\": \"mbytes\", \"inv\": true}}",
        "{\"quota\": \"much\"}",
        "{\"ct count\": {\"val\": 9, \"inv\": true}}",
        "{\"set\": {\"op\": \"update\", \"set\": \"@s\", \"stmt\": [{\"counter\": null}, {\"limit\": {\"inv\": true}}]}}",
        "{\"set\": {\"op\": \"add\", \"set\": \"@s\", \"stmt\": [{\"ct count\": {\"val\": 9, \"inv\": true}}]}}",
        "{\"meter\": {\"name\": \"m\", \"stmt\": {\"limit\": {\"rate\": 9, \"inv\": true}}}}",
      })
  void trafficStaysWithinLimits(String limit) {
    assertTrue(walk(ruleset("accept", limit + ", {\"drop\": null}"), WEB).dropped().isEmpty());
    String within = limit.replace("true", "false").replaceAll("flood|much", "few");
    if (!within.equals(limit)) {
      assertTrue(walk(ruleset("accept", within + ", {\"drop\": null}"), WEB).dropped().isPresent());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wildcard", "mark"})
  void aSocketInTimeWaitHasNoMore(String key) {
    Packet syn = WEB.withOwner(Owner.TRANSPARENT_SOCKET);
    String match = match("==", field("socket " + key), "0") + ", {\"drop\": null}";
    assertTrue(walk(ruleset("accept", match), syn).dropped().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          113;113
          {"&": [{"meta": {"key": "mark"}}, 15]};5
          {"|": [{"&": [{"meta": {"key": "mark"}}, 240]}, 1]};81
          {"^": [{"meta": {"key": "mark"}}, 4294967295]};-86
          {"ct": {"key": "mark"}};0
          """)
  void marks(String value, int after) {
    String mangle =
        "{\"mangle\": {\"key\": {\"meta\": {\"key\": \"mark\"}}, \"value\": %s}}".formatted(value);
    assertEquals(after, walk(ruleset("accept", mangle), WEB.withMark(0x55)).mark());
  }

  /** Nobody knows what it holds: neither that it has an address nor that it has not. */
  @ParameterizedTest
  @ValueSource(strings = {"==", "!="})
  void aVeryLongSetMatchesNothing(String op) {
    String set =
        "{\"set\": {\"family\": \"inet\", \"table\": \"t\", \"name\": \"clients\", \"elem\": [%s]}}"
            .formatted(String.join(", ", Collections.nCopies(10_001, "\"10.0.0.1\"")));
    String json =
        """
        {"nftables": [{"table": {"family": "inet", "name": "t", "handle": 1}}, %s,
        {"chain": {"family": "inet", "table": "t", "name": "c", "handle": 1,
          "type": "filter", "hook": "prerouting", "prio": -150, "policy": "accept"}},
        {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": 2, "expr": [
          {"match": {"op": "%s", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
            "right": "@clients"}}, {"drop": null}]}}]}
        """;
    Ruleset ruleset = new Ruleset(tables(json.formatted(set, op), TEXT));
    assertFalse(walk(ruleset, WEB).dropped().isPresent());
  }

  @Test
  void everyKindOfRuleIsRead() throws IOException {
    List<Table> tables = tables(resource("many-kinds.json"), resource("many-kinds.txt"));
    Chain chain = requireNonNull(tables.get(0).chains().get("pre"));
    assertTrue(chain.rules().size() > 50);
    for (Chain.Rule rule : chain.rules()) {
      assertTrue(!rule.at().text().startsWith("handle "), rule.at()::deletion);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = requireNonNull(NftListingTest.class.getResourceAsStream(name))) {
      return new String(stream.readAllBytes(), UTF_8);
    }
  }
}
