package dev.pellucid.plugin.csvlog;

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
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CsvAccessLogTest {

  @Test
  void aHeaderAndARow() {
    ConnectionSummary summary = relayed(withSni("a.example"));
    assertEquals(
        List.of(
            "listener,time,id,transport,client,client-ip,client-port,destination,destination-ip,"
                + "destination-port,upstream,upstream-ip,upstream-port,pool,from-client,"
                + "from-upstream,connect-ms,total-ms,end,cause,sni,http-host",
            "web,1970-01-01T00:00:00.000Z,"
                + summary.connection().id()
                + ",tcp,10.1.0.2:40000,10.1.0.2,40000,10.2.0.2:80,10.2.0.2,80,10.2.0.3:8080,"
                + "10.2.0.3,8080,,78,5120,0.412,3071.000,--,finished,a.example,"),
        lines(create("attributes = [sni, http-host]"), summary));
  }

  @Test
  void theHeaderComesOnceOrNotAtAll() {
    ConnectionSummary summary = relayed(FakeConnection.create());
    AccessLog log = create("fields = [end, client]");
    assertEquals(List.of("end,client", "--,10.1.0.2:40000"), lines(log, summary));
    assertEquals(List.of("--,10.1.0.2:40000"), lines(log, summary));
    assertEquals(List.of("--"), lines(create("fields = [end], header = false"), summary));
  }

  @Test
  void whatAClientChoseIsHarmless() {
    assertEquals("\"a,\"\"b\"\"\"", sni("a,\"b\""));
    assertEquals("'=HYPERLINK(1)", sni("=HYPERLINK(1)"));
    assertEquals("\"'@SUM(1,2)\"", sni("@SUM(1,2)"));
    assertEquals("a\\u000d\\u000ab", sni("a\r\nb"));
    assertEquals("\\u0009=1", sni("\t=1"));
  }

  @Property
  void aParserReadsWhatWasWritten(@ForAll("texts") String sni, @ForAll("texts") String host) {
    FakeConnection connection = withSni(sni);
    connection.set(Attribute.text("http-host"), host);
    String settings = "fields = [end], attributes = [sni, http-host], header = false";
    String row = lines(create(settings), relayed(connection)).get(0);
    assertTrue(row.matches("[ -~]+"), row);
    List<String> cells = parsed(row);
    assertEquals(List.of("--", sni, host), cells.stream().map(CsvAccessLogTest::original).toList());
    assertTrue(cells.stream().skip(1).noneMatch(cell -> cell.matches("[=+@-].*")), row);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings(),
        Arbitraries.strings().withChars("=+-@'\",\r\n\t\\a ").ofMaxLength(8));
  }

  /** The cells of one row, as RFC 4180 has them. */
  private static List<String> parsed(String row) {
    List<String> cells = new ArrayList<>();
    Matcher cell = Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^\",]*))(,|$)").matcher(row);
    int at = 0;
    do {
      assertTrue(cell.find(at) && cell.start() == at, row);
      String quoted = cell.group(1);
      cells.add(quoted == null ? cell.group(2) : quoted.replace("\"\"", "\""));
      at = cell.end();
    } while (cell.group(3).equals(","));
    assertEquals(row.length(), at);
    return cells;
  }

  /** Takes the guard and the escapes off, as the documentation says. */
  private static String original(String cell) {
    return Pattern.compile("\\\\u(\\p{XDigit}{4})")
        .matcher(cell.startsWith("'") ? cell.substring(1) : cell)
        .replaceAll(
            escape ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(escape.group(1), 16))));
  }

  private static String sni(String sni) {
    return lines(create("fields = [], attributes = [sni], header = false"), relayed(withSni(sni)))
        .get(0);
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
    assertEquals("csv", factory().type());
    assertEquals(Set.of("logger", "fields", "attributes", "header"), factory().keys());
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

  /** What a log writes to its default logger. */
  private static List<String> lines(AccessLog log, ConnectionSummary summary) {
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
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
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
