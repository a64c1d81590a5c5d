package dev.pellucid.plugin.dnsdiscovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real DNS server. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DnsDiscoveryTest {
  private static final String TWO_AND_ONE =
      """
      10.2.0.3 web.test
      10.2.0.2 web.test
      fd00:2::2 web.test
      """;

  private static ActorSystem system;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    system = ActorSystem.create("dns");
  }

  @AfterAll
  static void terminate() {
    system.terminate();
  }

  private static Source<List<Upstream>, NotUsed> discover(String settings) {
    ProxyPlugin plugin = ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow();
    return plugin
        .discoveries()
        .get(0)
        .create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("web", Transport.TCP, Set.of()))
        .upstreams();
  }

  private static List<Upstream> first(int port, String settings) {
    return discover(settings + ", server = \"127.0.0.1:" + port + "\"")
        .runWith(Sink.head(), system)
        .toCompletableFuture()
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }

  private static String failure(int port, String settings) {
    return assertThrows(CompletionException.class, () -> first(port, settings))
        .getCause()
        .getMessage();
  }

  private static List<Upstream> upstreams(String... addresses) {
    return Stream.of(addresses).map(Addresses::parse).map(Upstream::of).toList();
  }

  @Test
  void addressesOfBothFamiliesInOrder() throws Exception {
    try (Dnsmasq dns = new Dnsmasq(folder, TWO_AND_ONE)) {
      assertEquals(
          upstreams("10.2.0.2:80", "10.2.0.3:80", "[fd00:2::2]:80"),
          first(dns.port, "name = web.test, port = 80"));
      assertEquals(
          upstreams("10.2.0.2:80", "10.2.0.3:80"),
          first(dns.port, "name = web.test., port = 80, family = ipv4"));
      assertEquals(
          upstreams("[fd00:2::2]:443"),
          first(dns.port, "name = WEB.test, port = 443, family = ipv6"));
    }
  }

  @Test
  void anAliasIsFollowed() throws Exception {
    try (Dnsmasq dns = new Dnsmasq(folder, TWO_AND_ONE, "--cname=www.test,web.test")) {
      assertEquals(
          upstreams("10.2.0.2:80", "10.2.0.3:80"),
          first(dns.port, "name = www.test, port = 80, family = ipv4"));
    }
  }

  @Test
  void moreAddressesThanADatagramHolds() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      many.append("10.3.0.").append(i + 1).append(" many.test\n");
    }
    try (Dnsmasq dns = new Dnsmasq(folder, many.toString())) {
      assertEquals(100, first(dns.port, "name = many.test, port = 80").size());
    }
  }

  @Test
  void theServersOfTheFirstPriorityWithTheirWeights() throws Exception {
    try (Dnsmasq dns =
        new Dnsmasq(
            folder,
            "10.2.0.2 a.test\n10.2.0.3 b.test\nfd00:2::3 b.test\n10.2.0.4 c.test\n",
            "--srv-host=_http._tcp.test,a.test,8080,1,0",
            "--srv-host=_http._tcp.test,b.test,8081,1,5",
            "--srv-host=_http._tcp.test,c.test,8082,2,9")) {
      assertEquals(
          List.of(
              Upstream.of(Addresses.parse("10.2.0.2:8080")),
              new Upstream(Addresses.parse("10.2.0.3:8081"), 5),
              new Upstream(Addresses.parse("[fd00:2::3]:8081"), 5)),
          first(dns.port, "service = _http._tcp.test"));
    }
  }

  @Test
  void changesAreSeenWithinTheInterval() throws Exception {
    try (Dnsmasq dns = new Dnsmasq(folder, TWO_AND_ONE)) {
      SinkQueueWithCancel<List<Upstream>> seen =
          discover(
                  "name = web.test, port = 80, family = ipv4, interval = 100ms, server ="
                      + " \"127.0.0.1:"
                      + dns.port
                      + "\"")
              .runWith(Sink.queue(), system);
      List<Upstream> before = upstreams("10.2.0.2:80", "10.2.0.3:80");
      assertEquals(before, next(seen));
      dns.change("10.2.0.4 web.test\n");
      List<Upstream> after = next(seen);
      while (after.equals(before)) {
        after = next(seen); // answers from before the change were waiting
      }
      assertEquals(upstreams("10.2.0.4:80"), after);
      seen.cancel();
    }
  }

  private static List<Upstream> next(SinkQueueWithCancel<List<Upstream>> seen) throws Exception {
    return seen.pull().toCompletableFuture().get(10, TimeUnit.SECONDS).orElseThrow();
  }

  @Test
  void whatIsNotThereIsAFailureThatSaysSo() throws Exception {
    try (Dnsmasq dns = new Dnsmasq(folder, TWO_AND_ONE + "10.2.0.9 four.test\n")) {
      assertEquals(
          "nobody.test (A): DNS name not found [response code 3]",
          failure(dns.port, "name = nobody.test, port = 80"));
      assertEquals(
          "four.test has no AAAA record",
          failure(dns.port, "name = four.test, port = 80, family = ipv6"));
      assertTrue(
          failure(dns.port, "service = _http._tcp.test").startsWith("_http._tcp.test (SRV): "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldap://evil.test/x", "dns:evil.test", "a/b", "a:b", ""})
  void whatIsNoNameIsNeverAskedFor(String target) {
    try (Resolver resolver = Resolver.open(Optional.of(Addresses.parse("127.0.0.1:1")))) {
      DnsException refused =
          assertThrows(DnsException.class, () -> resolver.addresses(target, Family.ANY));
      assertEquals("not a name in the DNS: \"" + target + "\"", refused.getMessage());
    }
  }

  @Test
  void aServerOfAServiceHasAPort() {
    DnsException refused =
        assertThrows(DnsException.class, () -> ServiceRecord.parse("0 1 0 web.test."));
    assertEquals("an SRV record without a port: \"0 1 0 web.test.\"", refused.getMessage());
    assertTrue(ServiceRecord.parse("0 0 0 .").isNone());
  }

  @Test
  void aServerThatDoesNotAnswerIsAFailureAfterSevenSeconds() throws Exception {
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      String failure = failure(silent.getLocalPort(), "name = web.test, port = 80");
      assertTrue(failure.startsWith("web.test (A): "), failure);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "interval = 1s                     | either name and port, or service is needed",
        "name = web.test, port = 1, service = _a._tcp.test | either name and port, or service",
        "name = web.test                   | port is missing",
        "name = web.test, port = 0         | 'port': must be a whole number from 1 to 65535",
        "name = \"web/test\", port = 1     | 'name': must be a name in the DNS",
        "service = _a._tcp.test, port = 80 | 'port': goes with name",
        "name = web.test, port = 1, family = ipv5  | 'family': must be one of any, ipv4, ipv6",
        "name = web.test, port = 1, server = \"10.0.0.53\" | 'server': must be ADDRESS:PORT",
      })
  void refusesWhatItDoesNotUnderstand(String settings, String expected) {
    ConfigException refused = assertThrows(ConfigException.class, () -> discover(settings));
    assertTrue(refused.getMessage().contains(expected), refused::getMessage);
  }
}
