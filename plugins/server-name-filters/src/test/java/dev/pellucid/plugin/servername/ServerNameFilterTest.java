package dev.pellucid.plugin.servername;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Attribute;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerNameFilterTest {
  private static final List<ConnectionFilterFactory> FACTORIES =
      ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().connectionFilters();

  private static final String RULES =
      """
      rules = [
        { names = [bad.example.org], action = deny }
        { names = [api.example.org, "*.api.example.org"], action = route, pool = api }
        { names = ["*.example.org"], action = allow }
      ]
      """;

  @ParameterizedTest
  @CsvSource({
    "bad.example.org, deny,",
    "api.example.org, allow, api",
    "a.api.example.org, allow, api",
    "www.example.org, allow,",
    "example.org, deny,",
    "localhost, deny,"
  })
  void theFirstRuleThatMatchesDecides(String name, String action, String pool) throws Exception {
    for (String type : List.of("sni", "http-host")) {
      FakeConnection connection = asking(type, name);
      assertEquals(verdict(action), decide(create(type, RULES + "otherwise = deny"), connection));
      assertEquals(Optional.ofNullable(pool), connection.get(Connection.POOL));
      assertEquals(Optional.of(name), connection.get(Attribute.text(type)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "otherwise = allow, allow, allow",
    "otherwise = deny, deny, deny",
    "'otherwise = allow, unnamed = deny', allow, deny",
    "'otherwise = deny, unnamed = allow', deny, allow"
  })
  void whatMatchesNoRule(String settings, String named, String unnamed) throws Exception {
    ConnectionFilter sni = create("sni", RULES + settings);
    assertEquals(verdict(named), decide(sni, asking("sni", "localhost")));
    for (ByteString bytes :
        List.of(
            ByteString.emptyByteString(), // closed or too slow
            ByteString.fromString("SSH-2.0-x"),
            ByteString.fromArray(Hellos.recorded("openssl-3.0")).dropRight(1),
            ByteString.fromArray(Hellos.recorded("openssl-3.0-unnamed")),
            ByteString.fromArray(Hellos.record(new byte[100])))) {
      FakeConnection connection = FakeConnection.create().sending(bytes);
      assertEquals(verdict(unnamed), decide(sni, connection));
      assertEquals(Optional.empty(), connection.get(Attribute.text("sni")));
    }
  }

  @Test
  void aRuleCanAskForAProtocol() throws Exception {
    ConnectionFilter filter =
        create(
            "sni",
            """
            rules = [
              { names = ["*"], alpn = [h2, h3], action = route, pool = api }
              { alpn = [acme-tls/1], action = route, pool = acme }
            ]
            otherwise = deny, unnamed = deny
            """);
    FakeConnection api = sending(Hellos.java("www.example.org", "h2", "http/1.1"));
    assertEquals(Verdict.accept(), decide(filter, api));
    assertEquals(Optional.of("api"), api.get(Connection.POOL));
    assertEquals(Optional.of("h2,http/1.1"), api.get(Attribute.text("alpn")));
    FakeConnection acme = sending(Hellos.withExtensions("0010 000d 000b 0a 61636d652d746c732f31"));
    assertEquals(Verdict.accept(), decide(filter, acme));
    assertEquals(Optional.of("acme"), acme.get(Connection.POOL));
    FakeConnection other = sending(Hellos.java("www.example.org", "http/1.1"));
    assertEquals(Verdict.reject(), decide(filter, other));
  }

  @Test
  void ofManyProtocolsTheFirstAreToldAndAllAreMatched() throws Exception {
    ConnectionFilter filter =
        create("sni", "rules = [{ alpn = [last], action = allow }], otherwise = deny");
    String hundred = "x".repeat(100);
    FakeConnection connection =
        sending(Hellos.java("www.example.org", hundred, hundred, hundred, "last"));
    assertEquals(Verdict.accept(), decide(filter, connection));
    assertEquals(Optional.of(hundred + "," + hundred), connection.get(Attribute.text("alpn")));
  }

  @ParameterizedTest
  @CsvSource({"1", "7", "1000"})
  void theHelloMayComeInSegments(int bytes) throws Exception {
    for (String name : Hellos.RECORDED.stream().filter(n -> !n.contains("unnamed")).toList()) {
      FakeConnection connection =
          FakeConnection.create()
              .sending(segments(ByteString.fromArray(Hellos.recorded(name)), bytes));
      assertEquals(Verdict.accept(), decide(create("sni", RULES + "otherwise = deny"), connection));
      assertEquals(Optional.of("api.example.org"), connection.get(Attribute.text("sni")));
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "7", "1000"})
  void theRequestMayComeInSegments(int bytes) throws Exception {
    ByteString request = ByteString.fromString("GET / HTTP/1.1\r\nHost: api.example.org\r\n\r\n");
    FakeConnection connection = FakeConnection.create().sending(segments(request, bytes));
    ConnectionFilter filter = create("http-host", RULES + "otherwise = deny");
    assertEquals(Verdict.accept(), decide(filter, connection));
    assertEquals(Optional.of("api"), connection.get(Connection.POOL));
  }

  private static ByteString[] segments(ByteString bytes, int size) {
    return IntStream.iterate(0, at -> at < bytes.size(), at -> at + size)
        .mapToObj(at -> bytes.slice(at, Math.min(bytes.size(), at + size)))
        .toArray(ByteString[]::new);
  }

  @Test
  void whatPeekingFailsWithFailsTheVerdict() {
    Connection connection =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                    CompletableFuture.failedStage(new IllegalStateException("it was refused")));
    ExecutionException failed =
        assertThrows(
            ExecutionException.class, () -> decide(create("sni", "otherwise = allow"), connection));
    assertInstanceOf(IllegalStateException.class, failed.getCause());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rules = []                                                | 'otherwise': is missing",
        "otherwise = maybe                                         | must be allow or deny, not \"maybe\"",
        "rules = [{ names = [a], action = route, pool = x }]       | 'pool': must be one of the pools of listener web, which are [acme, api]",
        "rules = [{ names = [a], action = route }]                 | must be one of the pools of listener web",
        "rules = [{ names = [a], action = allow, pool = api }]     | 'pool': goes with action = route only",
        "rules = [{ names = [a] }]                                 | 'action': must be allow, deny or route",
        "rules = [{ action = allow }]                              | 'names': is empty or missing",
        "rules = [{ names = [\"a b\"], action = allow }]           | must be a name such as",
        "rules = [{ names = [a], alpn = [\"\"], action = allow }]  | must be a protocol such as",
        "rules = [{ name = a, names = [a], action = allow }]       | 'name': is no key of a rule; those are [action, alpn, names, pool]"
      })
  void badSettingsAreReportedWithTheirPlace(String settings, String message) {
    String text = settings.contains("rules = []") ? settings : "otherwise = deny\n" + settings;
    ConfigException bad = assertThrows(ConfigException.class, () -> create("sni", text));
    assertTrue(bad.getMessage().contains(message), bad.getMessage());
    assertTrue(bad.origin().lineNumber() > 0, bad.origin()::description);
  }

  @Test
  void httpHasNoAlpn() {
    String settings = "otherwise = deny, rules = [{ alpn = [h2], action = allow }]";
    ConfigException bad = assertThrows(ConfigException.class, () -> create("http-host", settings));
    assertTrue(bad.getMessage().contains("'alpn': is no key of a rule"), bad.getMessage());
  }

  @Test
  void udpIsRefused() {
    Settings settings = new Settings(ConfigFactory.parseString("type = sni\notherwise = allow"));
    PluginContext udp = new PluginContext("dns", Transport.UDP, Set.of());
    ConfigException bad =
        assertThrows(ConfigException.class, () -> factory("sni").create(settings, udp));
    assertTrue(
        bad.getMessage().contains("'type': sni reads TCP, and listener dns takes UDP"),
        bad.getMessage());
  }

  @Test
  void saysWhichKeysItKnows() {
    Set<String> keys = Set.of("rules", "otherwise", "unnamed", "limit");
    assertEquals(keys, factory("sni").keys());
    assertEquals(keys, factory("http-host").keys());
  }

  private static FakeConnection asking(String type, String name) throws Exception {
    return type.equals("sni")
        ? sending(Hellos.withExtensions(Hellos.serverName(name)))
        : FakeConnection.create()
            .sending(ByteString.fromString("GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n"));
  }

  private static FakeConnection sending(byte[] bytes) {
    return FakeConnection.create().sending(ByteString.fromArray(bytes));
  }

  private static Verdict verdict(String action) {
    return action.equals("allow") ? Verdict.accept() : Verdict.reject();
  }

  private static Verdict decide(ConnectionFilter filter, Connection connection) throws Exception {
    Verdict.Later later = assertInstanceOf(Verdict.Later.class, filter.decide(connection));
    return later.verdict().toCompletableFuture().get();
  }

  private static ConnectionFilter create(String type, String settings) {
    return factory(type)
        .create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("web", Transport.TCP, Set.of("api", "acme")));
  }

  private static ConnectionFilterFactory factory(String type) {
    return FACTORIES.stream().filter(f -> f.type().equals(type)).findFirst().orElseThrow();
  }
}
