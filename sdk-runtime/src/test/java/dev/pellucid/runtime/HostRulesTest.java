package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.Rules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostRulesTest {
  @TempDir Path folder;

  private ProxyConfig config(String listeners) throws IOException {
    return ProxyConfig.load(
        Files.writeString(
            folder.resolve("web.conf"), "pellucid.listeners {\n" + listeners + "\n}"));
  }

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  @Test
  void theNamesAreThoseOfTheFile() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("names.conf"),
            """
            pellucid {
              rules { table = edge, mark = 0x1a, proxy-mark = 27, route-table = 200 }
              listeners.web {
                address = "0.0.0.0:50080", upstream.route = original-destination
                intercept { ports = [80], local-output = true }
              }
            }
            """);
    ProxyConfig config = ProxyConfig.load(file);
    assertEquals(new RuleNames("edge", 0x1a, 27, 200), HostRules.of(config).names());
    assertEquals(27, HostRules.ownMark(config));
  }

  @Test
  void eachModeGetsTheRulesItNeeds() throws IOException {
    ProxyConfig config =
        config(
            """
            a {
              address = "0.0.0.0:50080", upstream.route = original-destination
              intercept { ports = [80], interfaces = [eth0], local-output = true }
            }
            b {
              address = "203.0.113.7:80", intercept.mode = foreign
              upstream { pool = [{ address = "10.2.0.2:80" }], source = proxy }
            }
            c {
              address = "[::]:50081", intercept { mode = redirect, ports = ["81-82"] }
              upstream { route = original-destination, source = proxy }
            }
            """);
    assertEquals(
        Rules.of(
            List.of(
                Intercept.tcp("a", at("0.0.0.0", 50080), List.of(PortRange.of(80)))
                    .withInterfaces(List.of("eth0"))
                    .withLocalOutput(true),
                Intercept.foreign("b", Transport.TCP, at("203.0.113.7", 80)),
                Intercept.redirect("c", at("::", 50081), List.of(new PortRange(81, 82))))),
        HostRules.of(config));
    assertEquals(RuleNames.DEFAULT.proxyMark(), HostRules.ownMark(config));
  }

  @Test
  void aReverseProxyThatShowsItsClientsNeedsTheirReplies() throws IOException {
    ProxyConfig config =
        config(
            """
            web {
              address = "[::]:80", intercept.mode = none
              upstream { pool = [{ address = "[fd00::2]:80" }], source = client-ip }
            }
            """);
    Set<Divert> diverts = Set.of(new Divert(IpFamily.IPV6, Transport.TCP));
    assertEquals(Rules.of(List.of()).withDiverts(diverts), HostRules.of(config));
    assertEquals(0, HostRules.ownMark(config));
  }

  @Test
  void aGivenSourceCountsByItsOwnFamily() throws IOException {
    ProxyConfig config =
        config(
            """
            web {
              address = "0.0.0.0:80", intercept.mode = none
              upstream { pool = [{ address = "[fd00::2]:80" }], source = "fd00::9" }
            }
            """);
    assertEquals(Set.of(new Divert(IpFamily.IPV6, Transport.TCP)), HostRules.of(config).diverts());
  }

  @Test
  void headersNameClientsOfTheFamiliesThatTheHostHas() throws IOException {
    ProxyConfig config =
        config(
            """
            web {
              address = "0.0.0.0:80", intercept.mode = none, proxy-protocol = v2
              upstream { pool = [{ address = "10.2.0.2:80" }], source = client-ip }
            }
            """);
    Divert four = new Divert(IpFamily.IPV4, Transport.TCP);
    Divert six = new Divert(IpFamily.IPV6, Transport.TCP);
    assertEquals(Set.of(four, six), HostRules.of(config, family -> true).diverts());
    assertEquals(Set.of(four), HostRules.of(config, family -> family == IpFamily.IPV4).diverts());
  }

  @Test
  void anOrdinaryReverseProxyNeedsNothing() throws IOException {
    ProxyConfig config =
        config(
            """
            web {
              address = "0.0.0.0:80", intercept.mode = none
              upstream.pool = [{ address = "10.2.0.2:80" }]
            }
            """);
    assertEquals(Rules.of(List.of()), HostRules.of(config));
  }
}
