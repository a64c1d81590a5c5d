package dev.pellucid.plugin.jsonlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.Attribute;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class JsonAccessLogTest {

  @Test
  void aRelayedConnection() {
    ConnectionSummary summary = relayed(withSni("a.example"), 78, 412_999);
    assertEquals(
        """
        {"listener":"web","time":"1970-01-01T00:00:00.000Z","id":%d,"transport":"tcp",\
        "client":"10.1.0.2:40000","client-ip":"10.1.0.2","client-port":40000,\
        "destination":"10.2.0.2:80","destination-ip":"10.2.0.2","destination-port":80,\
        "upstream":"10.2.0.3:8080","upstream-ip":"10.2.0.3","upstream-port":8080,\
        "from-client":78,"from-upstream":5120,"connect-ms":0.412,"total-ms":3071.000,\
        "end":"--","cause":"finished","sni":"a.example"}"""
            .formatted(summary.connection().id()),
        line("attributes = [sni, http-host]", summary));
  }

  @Test
  void whatThereIsNotIsLeftOut() {
    assertEquals(
        "{\"end\":\"--\"}",
        line("fields = [pool, upstream, end, connect-ms]", FakeConnection.create().summary()));
    assertEquals("{}", line("fields = [pool]", FakeConnection.create().summary()));
  }

  @Property
  void aParserReadsWhatWasWritten(
      @ForAll @NotEmpty String sni,
      @ForAll @LongRange(min = 0) long bytes,
      @ForAll @LongRange(min = 0) long connect) {
    String line = line("attributes = [sni]", relayed(withSni(sni), bytes, connect));
    Config read =
        ConfigFactory.parseString(line, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    assertEquals(sni, read.getString("sni"));
    assertEquals(bytes, read.getLong("from-client"));
    assertEquals(
        BigDecimal.valueOf(connect / 1000, 3), new BigDecimal(read.getString("connect-ms")));
    assertEquals("10.1.0.2:40000", read.getString("client"));
    assertTrue(line.matches("[ -~]+"), line);
  }

  @Test
  void anUnknownFieldIsRefused() {
    ConfigException e =
        assertThrows(ConfigException.BadValue.class, () -> create("fields = [\nclinet]"));
    assertTrue(e.getMessage().contains("2: "), e.getMessage());
    assertTrue(e.getMessage().contains("unknown field \"clinet\"; known are"), e.getMessage());
  }

  @Test
  void theServiceLoaderFindsIt() {
    assertEquals("json", factory().type());
    assertEquals(Set.of("logger", "fields", "attributes"), factory().keys());
  }

  private static FakeConnection withSni(String sni) {
    FakeConnection connection = FakeConnection.create();
    connection.set(Attribute.text("sni"), sni);
    return connection;
  }

  private static ConnectionSummary relayed(Connection connection, long fromClient, long connect) {
    return new ConnectionSummary(
        connection,
        Optional.of(Upstream.of(Addresses.parse("10.2.0.3:8080"))),
        fromClient,
        5120,
        Optional.of(Duration.ofNanos(connect)),
        Duration.ofMillis(3071),
        Termination.COMPLETED);
  }

  /** What a log of these settings writes to its default logger. */
  private static String line(String settings, ConnectionSummary summary) {
    AccessLog log = create(settings);
    Logger logger = (Logger) LoggerFactory.getLogger("access");
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.setAdditive(false);
    logger.addAppender(appender);
    try {
      log.log(List.of(summary));
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.get(0).getFormattedMessage();
  }

  private static AccessLog create(String settings) {
    return factory()
        .create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static AccessLogFactory factory() {
    return ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().accessLogs().get(0);
  }
}
