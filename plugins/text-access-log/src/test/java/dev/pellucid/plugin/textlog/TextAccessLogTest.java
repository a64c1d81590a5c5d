package dev.pellucid.plugin.textlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TextAccessLogTest {

  @Test
  void aRelayedConnection() {
    ConnectionSummary summary =
        new ConnectionSummary(
            connection(17, address("10.1.0.2", 40312), address("10.9.9.9", 80)),
            Optional.of(Upstream.of(address("10.2.0.2", 8080))),
            78,
            5120,
            Optional.of(Duration.ofNanos(412_999)),
            Duration.ofMillis(3071),
            Termination.COMPLETED);
    assertEquals(
        "time=2026-01-31T12:00:00.250Z id=17 client=10.1.0.2:40312 destination=10.9.9.9:80"
            + " upstream=10.2.0.2:8080 from-client=78"
            + " from-upstream=5120 connect-ms=0.412 total-ms=3071.000 end=-- cause=finished",
        new Line().of(summary));
  }

  @Test
  void aRefusedConnection() {
    assertEquals(
        "time=2026-01-31T12:00:00.250Z id=1 client=[2001:db8:0:0:0:0:0:2]:5 destination=[2001:db8:0:0:0:0:0:9]:443 upstream=-"
            + " from-client=0 from-upstream=0 connect-ms=- total-ms=0.007 end=PR cause=rejected",
        new Line().of(rejected(1, Duration.ofNanos(7_000))));
  }

  @Test
  void nothingOfALineIsLeftInTheNext() {
    Line line = new Line();
    String first = line.of(rejected(1, Duration.ofHours(1)));
    assertEquals(first, new Line().of(rejected(1, Duration.ofHours(1))));
    assertEquals(new Line().of(rejected(2, Duration.ZERO)), line.of(rejected(2, Duration.ZERO)));
  }

  @Property
  void timesAreDecimalMilliseconds(@ForAll @LongRange(min = 0) long nanoseconds) {
    String line = new Line().of(rejected(1, Duration.ofNanos(nanoseconds)));
    String total = line.replaceFirst(".* total-ms=(\\S+) .*", "$1");
    assertEquals(BigDecimal.valueOf(nanoseconds / 1000, 3), new BigDecimal(total));
  }

  @Test
  void theServiceLoaderFindsIt() {
    AccessLogFactory factory =
        ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().accessLogs().get(0);
    assertEquals("text", factory.type());
    assertEquals(Set.of("logger"), factory.keys());
    assertInstanceOf(
        TextAccessLog.class,
        factory.create(
            new Settings(ConfigFactory.parseString("logger = web")),
            new PluginContext("web", Transport.TCP, Set.of())));
  }

  private static ConnectionSummary rejected(long id, Duration total) {
    return new ConnectionSummary(
        connection(id, address("2001:db8::2", 5), address("2001:db8::9", 443)),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        total,
        new Termination(Party.PROXY, Phase.ROUTE, Cause.REJECTED));
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  /** A connection that answers what a line tells of it, and nothing else. */
  private static Connection connection(
      long id, InetSocketAddress client, InetSocketAddress originalDestination) {
    return (Connection)
        Proxy.newProxyInstance(
            TextAccessLogTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> id;
                  case "acceptedAt" -> Instant.parse("2026-01-31T12:00:00.250Z");
                  case "client" -> client;
                  case "originalDestination" -> originalDestination;
                  default -> throw new AssertionError(method + " was called");
                });
  }
}
