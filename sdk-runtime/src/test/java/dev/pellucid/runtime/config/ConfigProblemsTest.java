package dev.pellucid.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every refusal names the file, the line, the key, the value and what would do. */
class ConfigProblemsTest {
  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void files() {
    files = new ConfigFiles(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "adress = x               | adress: unknown key \"adress\", did you mean \"address\"?",
        "zzzzzz = x               | zzzzzz: unknown key \"zzzzzz\" (known: transport, address,",
        "timeouts.ilde = 5s       | timeouts.ilde: unknown key \"ilde\", did you mean \"idle\"? (known: idle, half-closed)",
        "upstream.pool = [{ address = \"10.2.0.2:80\", wieght = 1 }] | upstream.pool[0].wieght: unknown key \"wieght\"",
        "transport = sctp         | transport: must be one of tcp, udp, not \"sctp\"",
        "transport = udp, proxy-protocol = v1 | proxy-protocol: must be v2 or none with transport = udp",
        "transport = udp, upstream.proxy-protocol = v1 | upstream.proxy-protocol: must be v2 or none",
        "upstream.responses = 1   | upstream.responses: is for transport = udp",
        "address = 50080          | address: must be text, not 50080",
        "address = \"0.0.0.0\"    | address: must be ADDRESS:PORT or [IPv6 ADDRESS]:PORT, not \"0.0.0.0\"",
        "address = \"0.0.0.0:0\"  | address: must have a port from 1 to 65535, not \"0.0.0.0:0\"",
        "address = \"0.0.0.0:70000\" | address: must have a port from 1 to 65535",
        "address = \"::1:80\"     | address: must be ADDRESS:PORT or [IPv6 ADDRESS]:PORT",
        "address = \"[10.0.0.1]:80\" | address: \"10.0.0.1\" is not an IPv6 address",
        "address = \"[1:2]:80\"   | address: \"1:2\" is not an IPv6 address",
        "address = \"10.0.0.256:80\" | address: \"10.0.0.256\" is not an IPv4 address (names are not looked up)",
        "address = \"web:80\"     | address: \"web\" is not an IPv4 address (names are not looked up)",
        "max-connections = many   | max-connections: must be a whole number from 1 to 2147483647, not \"many\"",
        "max-connections = 0      | max-connections: must be a whole number from 1 to 2147483647, not 0",
        "max-connections = 1.5    | max-connections: must be a whole number",
        "intercept = tproxy       | intercept: must be an object { ... }, not \"tproxy\"",
        "intercept.mode = magic   | intercept.mode: must be one of tproxy, foreign, redirect, none, not \"magic\"",
        "intercept.mode = foreign, intercept.ports = null | intercept.mode: foreign needs a listener with the address that clients connect to, not 0.0.0.0",
        "intercept { mode = foreign, ports = null, destinations = [\"10.9.9.9\"] }, address = \"203.0.113.7:80\" | intercept.destinations: clients of a foreign listener connect to its address",
        "intercept.mode = redirect, address = \"127.0.0.1:80\" | intercept.mode: redirect to the loopback address 127.0.0.1 is lost, for the kernel drops what comes from outside to it; listen at 0.0.0.0 or at the address of an interface",
        "intercept { mode = none, ports = null, local-output = true } | intercept.local-output: nothing is intercepted with mode = none",
        "intercept { mode = redirect, on-proxy-down = bypass } | intercept.on-proxy-down: must be reset with mode = redirect",
        "intercept { local-output = true, on-proxy-down = bypass } | intercept.on-proxy-down: must be block or reset with local-output = true",
        "intercept.sources = [\"fd00::/8\"] | intercept.sources: a listener at 0.0.0.0 never sees traffic of fd00:0:0:0:0:0:0:0/8",
        "intercept.mode = redirect, upstream { pool = null, route = original-destination, source = client-ip-port } | upstream.source: with mode = redirect, connection tracking would take the client's connection and this one for the same; use client-ip",
        "upstream.pool = [{ address = \"[fd00::2]:80\" }] | upstream.pool[0].address: an IPv6 upstream cannot see the IPv4 address that it is to be shown",
        "intercept.ports = 80     | intercept.ports: must be a list [ ... ], not 80",
        "intercept.ports = [0]    | intercept.ports[0]: must be a whole number from 1 to 65535, not 0",
        "intercept.ports = [80, \"9-8\"] | intercept.ports[1]: 9-8 is not a range of ports",
        "intercept.ports = [http] | intercept.ports[0]: \"http\" is neither a port nor a range of ports",
        "intercept.interfaces = [\"eth 0\"] | intercept.interfaces[0]: must be the name of an interface, not \"eth 0\"",
        "intercept.sources = [\"10.1.0.0/33\"] | intercept.sources[0]: must be a network such as 10.1.0.0/24 or 2001:db8::/32, not \"10.1.0.0/33\"",
        "intercept.sources = [\"10.1.0.0/24/8\"] | intercept.sources[0]: must be a network",
        "intercept.destinations = [\"10.1.0.5/24\"] | intercept.destinations[0]: must be 10.1.0.0/24, not \"10.1.0.5/24\"",
        "intercept.local-output = maybe | intercept.local-output: must be true or false, not \"maybe\"",
        "intercept.on-proxy-down = ignore | intercept.on-proxy-down: must be one of block, reset, bypass, not \"ignore\"",
        "filters = { type = cidr } | filters: must be a list [ ... ], not an object",
        "filters = [{ allow = [] }] | filters[0].type: is missing",
        "filters = [cidr]         | filters[0]: must be an object { ... }, not \"cidr\"",
        "upstream.route = pol     | upstream.route: must be one of pool, original-destination, not \"pol\"",
        "upstream.pool = []       | upstream.pool: needs at least one upstream",
        "upstream.discovery.type = dns | upstream.discovery: cannot stand beside pool: upstreams are either listed or discovered",
        "upstream { pool = null, discovery = {} } | upstream.discovery.type: is missing",
        "upstream.pools.api = {}  | upstream.pools.api.pool: needs at least one upstream, such as { address = \"10.2.0.2:80\" }, or a discovery",
        "upstream.pools.api { discovery.type = dns, route = pool } | upstream.pools.api.route: unknown key \"route\" (known: balancer, pool, discovery)",
        "upstream.pools.api { discovery.type = dns, balancer = {} } | upstream.pools.api.balancer.type: is missing",
        "upstream.pools.api.pool = [{ address = \"[fd00::2]:80\" }] | upstream.pools.api.pool[0].address: an IPv6 upstream cannot see the IPv4 address",
        "upstream.pools.\"a.b\".discovery.type = dns | upstream.pools.a.b: a pool's name has 1 to 32 letters, digits, _ or -, not \"a.b\"",
        "upstream.pool = [{ weight = 1 }] | upstream.pool[0].address: is missing",
        "upstream.pool = [{ address = \"10.2.0.2:80\", weight = 0 }] | upstream.pool[0].weight: must be a whole number from 1",
        "upstream.source = server | upstream.source: must be proxy, client-ip, client-ip-port or an IP address, not \"server\"",
        "proxy-protocol = on      | proxy-protocol: must be one of none, v1, v2, not \"on\"",
        "upstream.proxy-protocol = 2 | upstream.proxy-protocol: must be text, not 2",
        "upstream.balancer = round-robin | upstream.balancer: must be an object { ... }, not \"round-robin\"",
        "upstream.retries = -1    | upstream.retries: must be a whole number from 0 to 100, not -1",
        "upstream.connect-timeout = soon | upstream.connect-timeout: must be a time such as 500ms, 5s or 2m",
        "upstream.health-check.type = icmp | upstream.health-check.type: must be tcp, not \"icmp\"",
        "upstream.health-check.rise = 0 | upstream.health-check.rise: must be a whole number from 1",
        "timeouts.idle = 0s       | timeouts.idle: must be a time such as 500ms, 5s or 2m, above zero and up to a year, not \"0s\"",
        "timeouts.idle = 5 years  | timeouts.idle: must be a time",
        "timeouts.half-closed = -1s | timeouts.half-closed: must be a time",
        "access-log = text        | access-log: must be an object { ... }, not \"text\"",
      })
  void ofAListener(String setting, String expected) {
    List<String> problems = files.webProblems(setting);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.get(0).startsWith("5: pellucid.listeners.web." + expected), problems::toString);
  }

  /** The line is that of the setting that would have to change. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "intercept.mode = foreign, address = \"203.0.113.7:80\" | 3: pellucid.listeners.web.intercept.ports: clients of a foreign listener connect to the port of its address",
        "intercept.mode = none    | 3: pellucid.listeners.web.intercept.ports: nothing is intercepted with mode = none",
        "upstream.source = \"fd00::9\" | 4: pellucid.listeners.web.upstream.pool[0].address: an IPv4 upstream cannot see the IPv6 address",
        "upstream { pool = null, source = \"fd00::9\", route = original-destination } | 5: pellucid.listeners.web.upstream.source: an IPv4 upstream cannot see the IPv6 address",
      })
  void ofTwoSettingsTogether(String setting, String expected) {
    List<String> problems = files.webProblems(setting);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith(expected), problems::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pellucid.event-loops = -1 | pellucid.event-loops: must be a whole number from 0 to 1024, not -1",
        "pellucid.event-lops = 1  | pellucid.event-lops: unknown key \"event-lops\", did you mean \"event-loops\"?",
        "pellucid.plugins-dir = /no/such/folder | pellucid.plugins-dir: there is no folder /no/such/folder",
        "pellucid.admin.address = here | pellucid.admin.address: must be ADDRESS:PORT",
        "pellucid.admin.enabled = 3 | pellucid.admin.enabled: must be true or false, not 3",
        "pellucid.listeners.other = 7 | pellucid.listeners.other: must be an object { ... }, not 7",
        "listeners { api {} }     | listeners: belongs into pellucid { ... }",
      })
  void ofTheProxy(String setting, String expected) {
    List<String> problems = files.problems(setting + "\n" + ConfigFiles.WEB.formatted(""));
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith("1: " + expected), problems::toString);
  }

  @Test
  void aTokenIsNotRepeated() {
    List<String> problems =
        files.problems("pellucid.admin.token = 12345\n" + ConfigFiles.WEB.formatted(""));
    assertEquals(
        List.of("1: pellucid.admin.token: must be text, at least one character"), problems);
  }

  @Test
  void aMissingAddress() {
    assertEquals(
        List.of("2: pellucid.listeners.web.address: is missing"),
        files.problems(
            """
            pellucid.listeners {
              web { upstream.route = original-destination }
            }
            """));
  }

  @Test
  void aListenerWithoutAPool() {
    List<String> problems = files.problems("\npellucid.listeners.web { address = \"0.0.0.0:1\" }");
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(
        problems.get(0).startsWith("2: pellucid.listeners.web.upstream.pool: needs at least one"),
        problems::toString);
  }

  @Test
  void aNameThatIsNoName() {
    List<String> problems =
        files.problems(
            "pellucid.listeners.\"my web\" { address = \"0.0.0.0:1\", upstream.route ="
                + " original-destination }");
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains("not \"my web\""), problems::toString);
  }

  @Test
  void twoListenersAtOneAddress() {
    assertEquals(
        List.of("3: pellucid.listeners.two.address: is that of listener one too"),
        files.problems(
            """
            pellucid.listeners {
              one { address = "0.0.0.0:1", upstream.route = original-destination }
              two { address = "0.0.0.0:1", upstream.route = original-destination }
            }
            """));
  }

  @Test
  void noListener() {
    List<String> problems = files.problems("pellucid { event-loops = 1 }");
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith("1: pellucid.listeners: needs"), problems::toString);
  }

  @Test
  void aMisspeltRoot() {
    List<String> problems = files.problems("pelucid { }");
    assertTrue(problems.get(0).endsWith("pellucid: is missing"), problems::toString);
    assertTrue(
        problems.get(1).startsWith("1: pelucid: unknown key \"pelucid\", did you mean"),
        problems::toString);
  }

  @Test
  void allProblemsAtOnce() {
    assertEquals(
        List.of(
            "5: pellucid.listeners.web.max-connections",
            "6: pellucid.listeners.web.timeouts.idle",
            "7: pellucid.listeners.web.colour"),
        files.webProblems("max-connections = 0\n timeouts.idle = 0s\n colour = red").stream()
            .map(problem -> problem.replaceFirst("(\\d+: [^:]+):.*", "$1"))
            .toList());
  }

  @Test
  void aSyntaxError() {
    List<String> problems = files.problems("pellucid {\n  event-loops = 1\n  ]\n}");
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).startsWith("3: "), problems::toString);
  }

  @Test
  void anUnknownSubstitution() {
    List<String> problems = files.problems("pellucid {\n  event-loops = ${no.such.key}\n}");
    assertEquals(1, problems.size());
    assertTrue(
        problems.get(0).startsWith("2: ") && problems.get(0).contains("${no.such.key}"),
        problems::toString);
  }

  @Test
  void aMissingFile() {
    Path missing = folder.resolve("missing.conf");
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> ProxyConfig.load(missing));
    assertEquals(missing + ": there is no such file", refused.getMessage());
  }

  @Test
  void aFolderIsNoFile() {
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> ProxyConfig.load(folder));
    assertEquals(folder + ": this is not a file that can be read", refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rules.mark = 0x0 | rules.mark: must be a whole number from 1 to 2147483647, not 0",
        "rules.mark = red | rules.mark: must be a whole number",
        "rules.proxy-mark = 1.5 | rules.proxy-mark: must be a whole number",
        "rules.proxy-mark = 0x71 | rules: the two marks have to differ",
        "rules.route-table = 254 | rules: route table 254 is not free",
        "rules.table = Big | rules: a table's name is",
        "rules.mask = 1 | rules.mask: unknown key \"mask\", did you mean \"mark\"?"
      })
  void theNamesOfTheRulesAreChecked(String setting, String problem) throws IOException {
    Path file = Files.writeString(folder.resolve("names.conf"), "pellucid." + setting);
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> ProxyConfig.load(file));
    assertTrue(refused.getMessage().contains("pellucid." + problem), refused::getMessage);
  }
}
