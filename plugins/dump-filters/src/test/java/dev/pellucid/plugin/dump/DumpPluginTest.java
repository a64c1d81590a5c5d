package dev.pellucid.plugin.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.PluginFactory;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DumpPluginTest {
  private static final ProxyPlugin PLUGIN =
      ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow();

  private final Logger logger = (Logger) LoggerFactory.getLogger("test-dump");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Connection connection = FakeConnection.create();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    logger.addAppender(logged);
    logged.start();
  }

  @AfterEach
  void forget() {
    logger.detachAppender(logged);
  }

  @Test
  void dumpsTheFirstBytesOfEachDirection() throws Exception {
    assertEquals("HELLO, THERE, AND HERE", relay("bytes = 18", "hello, ", "there, ", "and here"));
    assertEquals(
        """
        <connection>: 7 bytes from client
        00000000  68 65 6c 6c 6f 2c 20                              |hello, |
        <connection>: 7 bytes from upstream
        00000000  48 45 4c 4c 4f 2c 20                              |HELLO, |
        <connection>: 7 bytes from client
        00000007  74 68 65 72 65 2c 20                              |there, |
        <connection>: 7 bytes from upstream
        00000007  54 48 45 52 45 2c 20                              |THERE, |
        <connection>: 8 bytes from client
        0000000e  61 6e 64 20                                       |and |
        <connection>: 8 bytes from upstream
        0000000e  41 4e 44 20                                       |AND |
        """,
        messages());
  }

  @Test
  void withoutTheLevelNothingIsDumped() throws Exception {
    logger.setLevel(Level.INFO);
    assertEquals("X", relay("bytes = 1KiB", "x"));
    DatagramFilter.Session session = datagrams("").create(connection);
    session.fromClient(ByteString.fromString("x"));
    assertEquals("", messages());
  }

  @Test
  void dumpsTheBeginningOfEachDatagram() {
    DatagramFilter.Session session = datagrams("bytes = 20").create(connection);
    ByteString query = ByteString.fromString("a query that is longer than 20 bytes");
    ByteString answer = ByteString.fromInts(0, 255);
    assertEquals(Optional.of(query), session.fromClient(query));
    assertEquals(Optional.of(answer), session.fromUpstream(answer));
    assertEquals(
        Optional.of(ByteString.emptyByteString()),
        session.fromUpstream(ByteString.emptyByteString()));
    assertEquals(
        """
        <connection>: 36 bytes from client
        00000000  61 20 71 75 65 72 79 20  74 68 61 74 20 69 73 20  |a query that is |
        00000010  6c 6f 6e 67                                       |long|
        <connection>: 2 bytes from upstream
        00000000  00 ff                                             |..|
        <connection>: 0 bytes from upstream
        """,
        messages());
  }

  @Test
  void badSettingsAreReportedWithTheirPlace() {
    ConfigException bad = assertThrows(ConfigException.class, () -> datagrams("\nbytes = 0"));
    assertEquals(2, bad.origin().lineNumber());
  }

  @Test
  void saysWhichKeysItKnows() {
    assertEquals("dump", PLUGIN.byteFilters().get(0).type());
    assertEquals("dump-datagrams", PLUGIN.datagramFilters().get(0).type());
    assertEquals(Set.of("bytes", "logger"), PLUGIN.byteFilters().get(0).keys());
    assertEquals(Set.of("bytes", "logger"), PLUGIN.datagramFilters().get(0).keys());
  }

  /** What comes back from an upstream that answers in capitals. */
  private String relay(String settings, String... sent) throws Exception {
    BidiFlow<ByteString, ByteString, ByteString, ByteString, ?> dump =
        create(PLUGIN.byteFilters().get(0), settings, Transport.TCP).create(connection);
    ActorSystem system = ActorSystem.create("test", ConfigFactory.load());
    try {
      return Source.from(List.of(sent))
          .map(ByteString::fromString)
          .via(
              dump.join(
                  Flow.fromFunction(
                      bytes -> ByteString.fromString(bytes.utf8String().toUpperCase(Locale.ROOT)))))
          .runWith(Sink.fold("", (all, bytes) -> all + bytes.utf8String()), system)
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static DatagramFilter datagrams(String settings) {
    return create(PLUGIN.datagramFilters().get(0), settings, Transport.UDP);
  }

  private static <T> T create(PluginFactory<T> factory, String settings, Transport transport) {
    return factory.create(
        new Settings(ConfigFactory.parseString(settings + "\nlogger = test-dump")),
        new PluginContext("web", transport, Set.of()));
  }

  private String messages() {
    return logged.list.stream()
        .map(event -> event.getFormattedMessage().replace(connection.toString(), "<connection>"))
        .map(message -> message.replace(System.lineSeparator(), "\n") + "\n")
        .collect(Collectors.joining());
  }
}
