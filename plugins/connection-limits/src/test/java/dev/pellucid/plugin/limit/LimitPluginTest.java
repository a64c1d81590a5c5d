package dev.pellucid.plugin.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LimitPluginTest {
  private static final List<ConnectionFilterFactory> FACTORIES =
      ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().connectionFilters();

  @Test
  void bringsTwoFilters() {
    assertBrings(0, "connection-limit", "connections = 1");
    assertBrings(1, "connection-rate", "rate = 1, period = 1h");
  }

  private static void assertBrings(int place, String type, String settings) {
    ConnectionFilterFactory factory = FACTORIES.get(place);
    assertEquals(type, factory.type());
    ConnectionFilter filter =
        factory.create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("dns", Transport.UDP, Set.of()));
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.create()));
    assertEquals(Verdict.reject(), filter.decide(FakeConnection.create()));
  }

  @Test
  void saysWhichKeysItKnows() {
    Set<String> networks = Set.of("ipv4-prefix", "ipv6-prefix");
    assertEquals(LimitPlugin.with(networks, "connections"), FACTORIES.get(0).keys());
    assertEquals(
        LimitPlugin.with(networks, "rate", "period", "burst", "size"), FACTORIES.get(1).keys());
  }
}
