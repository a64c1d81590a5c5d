package dev.pellucid.plugin.textlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.Attribute;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.log.LogFields;
import dev.pellucid.api.log.SummaryField;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TextAccessLogTest {
  private static final PluginContext WEB = new PluginContext("web", Transport.TCP, Set.of());

  @Test
  void aRelayedConnection() {
    ConnectionSummary summary = relayed(FakeConnection.from("10.1.0.2:40312"));
    assertEquals(
        "time=1970-01-01T00:00:00.000Z id="
            + summary.connection().id()
            + " client=10.1.0.2:40312 destination=10.2.0.2:80"
            + " upstream=10.2.0.3:8080 from-client=78"
            + " from-upstream=5120 connect-ms=0.412 total-ms=3071.000 end=-- cause=finished",
        line("", summary));
  }

  @Test
  void aRefusedConnection() {
    FakeConnection connection = FakeConnection.from("[2001:db8::2]:5");
    connection.refuse(new Termination(Party.PROXY, Phase.ROUTE, Cause.REJECTED));
    assertEquals(
        "time=1970-01-01T00:00:00.000Z id="
            + connection.id()
            + " client=[2001:db8:0:0:0:0:0:2]:5 destination=10.2.0.2:80 upstream=-"
            + " from-client=0 from-upstream=0 connect-ms=- total-ms=0.000 end=PR cause=rejected",
        line("", connection.summary()));
  }

  @Test
  void linesOfABatchFollowOneAnother() {
    ConnectionSummary first = relayed(FakeConnection.create());
    ConnectionSummary second = FakeConnection.create().summary();
    assertEquals(
        List.of(line("", first), line("", second), line("", first)),
        lines("", List.of(first, second, first)));
  }

  @Test
  void withoutSettingsTheLineIsTheSame() {
    ConnectionSummary summary = relayed(FakeConnection.create());
    assertEquals(
        line("", summary), written("plain", new TextAccessLog("plain"), List.of(summary)).get(0));
  }

  @Test
  void listedAttributesFollowAtTheEnd() {
    ConnectionSummary summary = relayed(withSni("a.example"));
    assertEquals(
        line("", summary) + " sni=a.example http-host=-",
        line("attributes = [sni, http-host]", summary));
  }

  @Test
  void aFormatNamesFieldsAndAttributes() {
    assertEquals(
        "web 10.1.0.2:40000 -> \"a.example\", 100% - %",
        line(
            "attributes = [sni], format = "
                + "\"%{listener} %{client} -> \\\"%{sni}\\\", 100%% %{pool} %%\"",
            relayed(withSni("a.example"))));
  }

  @Test
  void haproxysVariablesAreWrittenAsHaproxyWritesThem() {
    FakeConnection connection = withSni("a.example");
    connection.set(Connection.POOL, "blue");
    String accepted =
        DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss.SSS", Locale.ENGLISH)
            .withZone(ZoneId.systemDefault())
            .format(Instant.EPOCH);
    assertEquals(
        "10.1.0.2:40000 [" + accepted + "] web blue/10.2.0.3:8080 0/3070/3071 5120 --",
        line("format = \"%ci:%cp [%t] %ft %b/%s %Tc/%Td/%Tt %B %ts\"", relayed(connection)));
    assertEquals(
        "01/Jan/1970:00:00:00 +0000 0.000 web 10.2.0.2 80 10.2.0.3 8080 78 " + connection.id(),
        line("format = \"%T %Ts.%ms %f %fi %fp %si %sp %U %rt\"", relayed(connection)));
    assertEquals(
        "-/- -1/-1/0", line("format = \"%b/%s %Tc/%Td/%Tt\"", FakeConnection.create().summary()));
  }

  @Test
  void whatCannotBeWrittenIsRefused() {
    assertProblem("logger = a\nformat = \"%{clinet}\"", "2: ", "unknown field \"clinet\"; known");
    assertProblem("format = \"%{sni}\"", "1: ", "attributes have to be listed in attributes");
    assertProblem(
        "format = \"%ci %hr\"", "1: ", "unknown variable \"%hr\"; known are %{FIELD}, %ci");
    assertProblem("format = \"%{+Q}s\"", "1: ", "unknown field \"+Q\"");
    assertProblem("format = \"100%\"", "1: ", "unknown variable \"%\"");
    assertProblem("format = \"%{client\"", "1: ", "\"%{client\" lacks its closing brace");
  }

  @Property
  void aClientCannotForgeAFieldOrALine(@ForAll String sni) {
    String line = line("attributes = [sni], format = \"[%{sni}]\"", relayed(withSni(sni)));
    assertTrue(line.matches("\\[[!#-~]+]"), line);
  }

  @Test
  void theDocumentationNamesEveryFieldAndVariable() throws IOException {
    String page = Files.readString(Path.of("../../docs/access-logs.md"));
    for (SummaryField field : SummaryField.values()) {
      String type = field.isNumber() ? "number" : "text";
      assertTrue(page.contains("| `" + field.label() + "` | " + type + " |"), field.label());
    }
    for (String variable : new HaproxyVariables(new LogFields(settings(""), WEB)).names()) {
      assertTrue(page.contains("`" + variable + "`"), variable);
    }
  }

  @Test
  void theServiceLoaderFindsIt() {
    assertEquals("text", factory().type());
    assertEquals(Set.of("logger", "format", "attributes"), factory().keys());
  }

  private static FakeConnection withSni(String sni) {
    FakeConnection connection = FakeConnection.create();
    connection.set(Attribute.text("sni"), sni);
    return connection;
  }

  private static ConnectionSummary relayed(Connection connection) {
    return new ConnectionSummary(
        connection,
        Optional.of(Upstream.of(Addresses.parse("10.2.0.3:8080"))),
        78,
        5120,
        Optional.of(Duration.ofNanos(412_999)),
        Duration.ofMillis(3071),
        Termination.COMPLETED);
  }

  private static void assertProblem(String settings, String place, String text) {
    ConfigException e = assertThrows(ConfigException.BadValue.class, () -> create(settings));
    assertTrue(e.getMessage().contains(place) && e.getMessage().contains(text), e.getMessage());
  }

  private static String line(String settings, ConnectionSummary summary) {
    return lines(settings, List.of(summary)).get(0);
  }

  private static List<String> lines(String settings, List<ConnectionSummary> summaries) {
    return written("access", create(settings), summaries);
  }

  /** What a log writes to a logger. */
  private static List<String> written(
      String logger, AccessLog log, List<ConnectionSummary> summaries) {
    Logger target = (Logger) LoggerFactory.getLogger(logger);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    target.setAdditive(false);
    target.addAppender(appender);
    try {
      log.log(summaries);
    } finally {
      target.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static AccessLog create(String settings) {
    return factory().create(settings(settings), WEB);
  }

  private static Settings settings(String settings) {
    return new Settings(ConfigFactory.parseString(settings));
  }

  private static AccessLogFactory factory() {
    return ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow().accessLogs().get(0);
  }
}
