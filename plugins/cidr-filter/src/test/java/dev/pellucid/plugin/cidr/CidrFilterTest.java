package dev.pellucid.plugin.cidr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CidrFilterTest {

  @Test
  void acceptsAllowedClientsOnly() {
    ConnectionFilter filter = new CidrFilter("10.1.0.0/24", "2001:db8::/32");
    assertEquals(Verdict.accept(), filter.decide(from("10.1.0.2")));
    assertEquals(Verdict.accept(), filter.decide(from("2001:db8::2")));
    assertEquals(Verdict.reject(), filter.decide(from("10.1.1.2")));
    assertEquals(Verdict.reject(), filter.decide(from("2001:db9::2")));
  }

  @Test
  void anEmptyAllowListAcceptsEveryone() {
    assertEquals(Verdict.accept(), new CidrFilter().decide(from("192.0.2.1")));
  }

  @Test
  void denialWins() {
    ConnectionFilter filter = create("allow = [\"10.0.0.0/8\"], deny = [\"10.1.0.7\"]");
    assertEquals(Verdict.accept(), filter.decide(from("10.1.0.8")));
    assertEquals(Verdict.reject(), filter.decide(from("10.1.0.7")));
    assertEquals(Verdict.reject(), filter.decide(from("192.0.2.1")));
  }

  @Test
  void aDenyListAloneAcceptsEveryoneElse() {
    ConnectionFilter filter = create("deny = [\"10.1.0.0/24\"]");
    assertEquals(Verdict.accept(), filter.decide(from("2001:db8::1")));
    assertEquals(Verdict.reject(), filter.decide(from("10.1.0.7")));
  }

  @Test
  void aBadNetworkIsReportedWithItsLine() {
    ConfigException.BadValue refused =
        assertThrows(
            ConfigException.BadValue.class,
            () -> create("allow = [\n \"10.1.0.0/24\"\n \"10.1.0.0/40\" ]"));
    assertEquals(3, refused.origin().lineNumber());
    assertTrue(refused.getMessage().contains("not \"10.1.0.0/40\""), refused.getMessage());
  }

  @Test
  void aNumberIsNoNetwork() {
    assertThrows(ConfigException.class, () -> create("allow = [10]"));
  }

  @Test
  void saysWhichKeysItKnows() {
    assertEquals("cidr", factory().type());
    assertEquals(Set.of("allow", "deny"), factory().keys());
  }

  private static ConnectionFilter create(String settings) {
    return factory()
        .create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static ConnectionFilterFactory factory() {
    return ServiceLoader.load(ProxyPlugin.class)
        .findFirst()
        .orElseThrow()
        .connectionFilters()
        .get(0);
  }

  /** A connection that knows its client and nothing else: the filter asks for no more. */
  private static Connection from(String client) {
    InetSocketAddress address = new InetSocketAddress(client, 40000);
    return (Connection)
        Proxy.newProxyInstance(
            CidrFilterTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              assertEquals("client", method.getName());
              return address;
            });
  }
}
