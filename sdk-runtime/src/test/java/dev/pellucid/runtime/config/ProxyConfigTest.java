package dev.pellucid.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.RuleNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyConfigTest {
  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void files() {
    files = new ConfigFiles(folder);
  }

  @Test
  void everySettingThereIs() throws IOException {
    Path plugins = Files.createDirectory(folder.resolve("more-plugins"));
    ProxyConfig config =
        files.load(
            """
            pellucid {
              event-loops = 3
              plugins-dir = "%s"
              admin { enabled = false, address = "127.0.0.1:9901", token = "s3cret" }
              listeners {
                web {
                  transport = tcp
                  address   = "0.0.0.0:50080"
                  max-connections = 500
                  proxy-protocol = v1
                  intercept {
                    mode = tproxy
                    ports = [80, "8000-8099"]
                    interfaces = ["eth0"]
                    sources = ["10.1.0.0/24"], destinations = ["10.8.0.0/16", "10.9.9.9"]
                    local-output = true
                    on-proxy-down = reset
                  }
                  filters = [ { type = cidr, allow = ["10.1.0.0/24"] } ]
                  upstream {
                    route = pool
                    pool = [ { address = "10.2.0.2:80", weight = 2 }, { address = "[2001:db8::2]:80" } ]
                    balancer { type = least-connections }
                    source = proxy
                    proxy-protocol = v2
                    connect-timeout = 1500ms
                    retries = 0
                    health-check { type = tcp, interval = 1s, rise = 4, fall = 5 }
                  }
                  timeouts { idle = 1h, half-closed = 1m }
                  access-log { type = json, logger = web }
                }
              }
            }
            """
                .formatted(plugins));

    assertEquals(3, config.eventLoops());
    assertEquals(plugins, config.pluginsDir());
    assertEquals(
        new AdminConfig(false, Addresses.parse("127.0.0.1:9901"), Optional.of("s3cret")),
        config.admin());

    ListenerConfig web = config.listeners().get(0);
    assertEquals("web", web.name());
    assertEquals(Transport.TCP, web.transport());
    assertEquals(new InetSocketAddress("0.0.0.0", 50080), web.address());
    assertEquals(500, web.maxConnections());
    assertEquals(ProxyProtocol.V1, web.proxyProtocol());
    assertEquals(
        new InterceptConfig(
            InterceptMode.TPROXY,
            List.of(PortRange.of(80), new PortRange(8000, 8099)),
            List.of("eth0"),
            List.of(Cidr.parse("10.1.0.0/24")),
            List.of(Cidr.parse("10.8.0.0/16"), Cidr.parse("10.9.9.9")),
            true,
            OnProxyDown.RESET),
        web.intercept());
    assertEquals(new TimeoutsConfig(Duration.ofHours(1), Duration.ofMinutes(1)), web.timeouts());

    PluginSettings cidr = web.filters().get(0);
    assertEquals("cidr", cidr.type());
    assertEquals("pellucid.listeners.web.filters[0]", cidr.path());
    assertEquals(Set.of("allow"), cidr.keys());
    assertEquals(List.of("10.1.0.0/24"), cidr.settings().getStringList("allow"));
    assertEquals("json", web.accessLog().type());

    UpstreamConfig upstream = web.upstream();
    assertEquals(Route.POOL, upstream.route());
    assertEquals(
        List.of(
            new Upstream(new InetSocketAddress("10.2.0.2", 80), 2),
            Upstream.of(new InetSocketAddress("2001:db8::2", 80))),
        upstream.pool().orElseThrow().upstreams());
    assertEquals("least-connections", upstream.pool().orElseThrow().balancer().type());
    assertEquals(SourceAddress.proxy(), upstream.source());
    assertEquals(ProxyProtocol.V2, upstream.proxyProtocol());
    assertEquals(Duration.ofMillis(1500), upstream.connectTimeout());
    assertEquals(0, upstream.retries());
    assertEquals(
        new HealthCheckConfig(HealthCheckConfig.Type.TCP, Duration.ofSeconds(1), 4, 5),
        upstream.healthCheck());
  }

  @Test
  void tcpAndUdpMayShareAnAddress() {
    ProxyConfig config =
        files.load(
            """
            pellucid.listeners {
              tcp { transport = tcp, address = "0.0.0.0:1", upstream.route = original-destination }
              udp { transport = udp, address = "0.0.0.0:1", upstream.route = original-destination }
            }
            """);
    assertEquals(2, config.listeners().size());
  }

  @Test
  void theDefaults() {
    ProxyConfig config =
        files.load(
            "pellucid.listeners.web { address = \"0.0.0.0:1\", upstream.route = original-destination }");
    assertEquals(0, config.eventLoops());
    assertEquals(Path.of("plugins"), config.pluginsDir());
    assertEquals(
        new AdminConfig(true, Addresses.parse("127.0.0.1:9900"), Optional.empty()), config.admin());

    ListenerConfig web = config.listeners().get(0);
    assertEquals(Transport.TCP, web.transport());
    assertEquals(10_000, web.maxConnections());
    assertEquals(ProxyProtocol.NONE, web.proxyProtocol());
    assertEquals(
        new InterceptConfig(
            InterceptMode.TPROXY,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            false,
            OnProxyDown.BLOCK),
        web.intercept());
    assertEquals(List.of(), web.filters());
    assertEquals(new TimeoutsConfig(Duration.ofMinutes(5), Duration.ofSeconds(30)), web.timeouts());
    assertEquals("text", web.accessLog().type());

    UpstreamConfig upstream = web.upstream();
    assertEquals(Optional.empty(), upstream.pool());
    assertEquals(Map.of(), upstream.pools());
    assertEquals(SourceAddress.clientIp(), upstream.source());
    assertEquals(ProxyProtocol.NONE, upstream.proxyProtocol());
    assertEquals(Duration.ofSeconds(5), upstream.connectTimeout());
    assertEquals(2, upstream.retries());
    assertEquals(
        new HealthCheckConfig(HealthCheckConfig.Type.TCP, Duration.ofSeconds(2), 2, 3),
        upstream.healthCheck());
  }

  @Test
  void aReverseProxyUsesItsOwnAddress() {
    assertEquals(
        SourceAddress.proxy(),
        files.web("intercept = null, intercept.mode = none").upstream().source());
  }

  @ParameterizedTest
  @CsvSource({"10.3.0.1, 10.2.0.2:80", "2001:db8::9, [2001:db8::2]:80"})
  void theSourceMayBeAnAddress(String address, String upstream) throws UnknownHostException {
    assertEquals(
        SourceAddress.given(InetAddress.getByName(address)),
        files
            .web(
                "upstream { source = \"%s\", pool = [{ address = \"%s\" }] }"
                    .formatted(address, upstream))
            .upstream()
            .source());
  }

  @Test
  void theSourceMayBeTheClientsAddressAndPort() {
    assertEquals(
        SourceAddress.clientIpPort(),
        files.web("upstream.source = client-ip-port").upstream().source());
  }

  @Test
  void includesAndSubstitutions() throws IOException {
    Files.writeString(folder.resolve("addresses.conf"), "server = \"10.2.0.7:80\"");
    ListenerConfig web =
        files
            .load(
                """
                include "addresses.conf"
                pellucid.listeners.web {
                  address = "0.0.0.0:1"
                  upstream.pool = [{ address = ${server} }]
                }
                """)
            .listeners()
            .get(0);
    assertEquals(
        List.of(Upstream.of(new InetSocketAddress("10.2.0.7", 80))),
        web.upstream().pool().orElseThrow().upstreams());
    assertEquals("round-robin", web.upstream().pool().orElseThrow().balancer().type());
  }

  @Test
  void theNamesOfTheRulesAreReadWhateverElseIsWrong() {
    Path file =
        files.write(
            """
            pellucid {
              rules { table = edge, mark = 0x1a }
              listeners.web { adress = 7, upstream.pool = ${no.such.pool} }
            }
            """);
    assertEquals(new RuleNames("edge", 0x1a, 0x72, 71), ProxyConfig.loadRules(file));
    Path broken = files.write("pellucid.rules { table = ${no.such.table}, mark = 1 }");
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> ProxyConfig.loadRules(broken));
    assertTrue(refused.problems().get(0).toString().contains("no.such.table"), refused::getMessage);
  }

  @Test
  void upstreamsMayBeDiscovered() {
    PoolConfig pool =
        files
            .web("upstream { pool = null, discovery { type = dns, name = web } }")
            .upstream()
            .pool()
            .orElseThrow();
    assertEquals(List.of(), pool.upstreams());
    PluginSettings discovery = pool.discovery().orElseThrow();
    assertEquals("dns", discovery.type());
    assertEquals("pellucid.listeners.web.upstream.discovery", discovery.path());
    assertEquals(Set.of("name"), discovery.keys());
  }

  @Test
  void namedPoolsHaveTheListenersBalancerUnlessTheySayAnother() {
    Map<String, PoolConfig> pools =
        files
            .web(
                """
                upstream {
                  balancer { type = maglev }
                  pools {
                    web { pool = [{ address = "10.2.0.7:80" }] }
                    api { discovery { type = file }, balancer { type = sticky } }
                  }
                }
                """)
            .upstream()
            .pools();
    assertEquals(List.of("web", "api"), List.copyOf(pools.keySet()));
    assertEquals("maglev", pools.get("web").balancer().type());
    assertEquals("pellucid.listeners.web.upstream.balancer", pools.get("web").balancer().path());
    assertEquals("sticky", pools.get("api").balancer().type());
    assertEquals("file", pools.get("api").discovery().orElseThrow().type());
  }

  @Test
  void namedPoolsMayStandBesideTheOriginalDestination() {
    ProxyConfig config =
        files.load(
            ConfigFiles.WEB.formatted(
                """
                upstream {
                  route = original-destination, pool = null, balancer { type = maglev }
                  pools.api.pool = [{ address = "10.2.0.7:80" }]
                }
                """));
    assertEquals(List.of(), config.notes());
    assertEquals(Set.of("api"), config.listeners().get(0).upstream().pools().keySet());
  }

  @Test
  void theFamilyOfUpstreamsFollowsFromWhatTheyAreShown() {
    assertEquals(Optional.of(IpFamily.IPV4), files.web("").upstreamFamily());
    assertEquals(Optional.empty(), files.web("upstream.source = proxy").upstreamFamily());
  }

  @Test
  void listenersKeepTheOrderOfTheFile() {
    StringBuilder text = new StringBuilder("pellucid.listeners {\n");
    List<String> names = List.of("zebra", "ape", "cow", "bee", "ant", "dog", "elk");
    for (String name : names) {
      text.append(
          "%s { address = \"0.0.0.0:%d\", upstream.route = original-destination }%n"
              .formatted(name, 1000 + names.indexOf(name)));
    }
    assertEquals(
        names, files.load(text + "}").listeners().stream().map(ListenerConfig::name).toList());
  }

  @Test
  void whatIsNotBuiltYetIsNoted() {
    String text =
        """
        pellucid.admin.enabled = true
        pellucid.listeners.web {
          address = "0.0.0.0:1", intercept.ports = [80]
          upstream {
            pool = [{ address = "10.2.0.2:80" }]
            health-check { interval = 1s }
          }
        }
        """;
    Path file = files.write(text);
    assertEquals(
        List.of(
            file + ":1: pellucid.admin: this version has no admin endpoint yet",
            file
                + ":6: pellucid.listeners.web.upstream.health-check: this version does not check"
                + " upstreams yet"),
        ProxyConfig.load(file).notes());
  }

  @Test
  void whatIsNotUsedIsNoted() {
    ProxyConfig config =
        files.load(ConfigFiles.WEB.formatted("upstream.route = original-destination"));
    assertEquals(1, config.notes().size());
    assertTrue(config.notes().get(0).contains("upstream.pool: is not used"), config::toString);
  }

  @Test
  void notesWhatUdpDoesNotKnow() {
    List<String> notes =
        files
            .load(
                ConfigFiles.WEB.formatted(
                    "transport = udp, upstream.connect-timeout = 1s, timeouts.half-closed = 1s"))
            .notes();
    assertEquals(2, notes.size(), notes::toString);
    assertTrue(notes.get(0).contains("connect-timeout: is not used"), notes::toString);
    assertTrue(notes.get(1).contains("half-closed: is not used"), notes::toString);
  }

  @Test
  void aPlainFileHasNoNotes() {
    assertEquals(List.of(), files.load(ConfigFiles.WEB.formatted("")).notes());
  }

  @Test
  void theTokenIsNeverPrinted() {
    ProxyConfig config =
        files.load("pellucid.admin.token = s3cret\n" + ConfigFiles.WEB.formatted(""));
    assertEquals(Optional.of("s3cret"), config.admin().token());
    assertFalse(config.toString().contains("s3cret"));
  }
}
