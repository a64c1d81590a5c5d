package dev.pellucid.plugin.filediscovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileDiscoveryTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void path() {
    path = folder.resolve("web.txt");
  }

  private static Discovery create(String settings) {
    ProxyPlugin plugin = ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow();
    return plugin
        .discoveries()
        .get(0)
        .create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static List<Upstream> upstreams(String... addresses) {
    return Stream.of(addresses).map(Addresses::parse).map(Upstream::of).toList();
  }

  private void write(String text) throws IOException {
    Files.writeString(path, text);
  }

  private void replace(String text) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), text);
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void addressesWeightsAndComments() throws IOException {
    write("# servers\n\n 10.2.0.2:80\n10.2.0.3:80\t3 # big\n[fd00::2]:80 1\r\n");
    assertEquals(
        List.of(
            Upstream.of(Addresses.parse("10.2.0.2:80")),
            new Upstream(Addresses.parse("10.2.0.3:80"), 3),
            Upstream.of(Addresses.parse("[fd00::2]:80"))),
        UpstreamFile.read(path));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "web:80             | :2: \"web\" is not an IPv4 address",
        "10.2.0.2           | :2: must be ADDRESS:PORT",
        "10.2.0.2:80 0      | :2: a weight is a whole number from 1 to 999999999, not \"0\"",
        "10.2.0.2:80 x      | :2: a weight is a whole number from 1 to 999999999, not \"x\"",
        "10.2.0.2:80 1 2    | :2: must be ADDRESS:PORT [WEIGHT], not \"10.2.0.2:80 1 2\"",
        "# 10.2.0.2:80      | : lists no upstream",
      })
  void whatIsWrongIsToldWithItsLine(String line, String expected) throws IOException {
    write("# servers\n" + line + "\n");
    String message =
        assertThrows(UpstreamFile.BadFileException.class, () -> UpstreamFile.read(path))
            .getMessage();
    assertTrue(message.startsWith(path + expected), message);
  }

  @Test
  void aFileThatIsNotThereAtFirstIsAnError() {
    String message =
        assertThrows(UpstreamFile.BadFileException.class, () -> new WatchedFile(path).look())
            .getMessage();
    assertEquals(path + ": there is no such file", message);
  }

  @Test
  void aChangedFileIsReadOnceItIsSettled() throws IOException {
    write("10.2.0.2:80");
    WatchedFile file = new WatchedFile(path);
    assertEquals(List.of(upstreams("10.2.0.2:80")), file.look());
    assertEquals(List.of(), file.look());
    replace("10.2.0.3:80");
    assertEquals(List.of(), file.look(), "it may be in the middle of a write");
    assertEquals(List.of(upstreams("10.2.0.3:80")), file.look());
    assertEquals(List.of(), file.look());
  }

  @Test
  void aBadFileIsNoChangeAndNeitherIsNone() throws IOException {
    write("10.2.0.2:80");
    WatchedFile file = new WatchedFile(path);
    file.look();
    replace("10.2.0.");
    assertEquals(List.of(), file.look());
    assertEquals(List.of(), file.look());
    Files.delete(path);
    assertEquals(List.of(), file.look());
    assertEquals(List.of(), file.look());
    write("10.2.0.3:80");
    assertEquals(List.of(), file.look());
    assertEquals(List.of(upstreams("10.2.0.3:80")), file.look());
  }

  @Test
  void aChangeThatCannotBeReadAtOnceIsReadLater() throws IOException {
    write("10.2.0.2:80");
    AtomicBoolean failing = new AtomicBoolean();
    WatchedFile file =
        new WatchedFile(
            path,
            read -> {
              if (failing.get()) {
                throw new UpstreamFile.BadFileException("too many open files");
              }
              return UpstreamFile.read(read);
            });
    file.look();
    failing.set(true);
    replace("10.2.0.3:80");
    assertEquals(List.of(), file.look());
    assertEquals(List.of(), file.look());
    failing.set(false);
    assertEquals(List.of(upstreams("10.2.0.3:80")), file.look());
    assertEquals(List.of(), file.look());
  }

  @Test
  void aLinkThatIsTurnedElsewhereIsAChange() throws IOException {
    write("10.2.0.2:80");
    Path other = Files.writeString(folder.resolve("other"), "10.2.0.3:80");
    Path link = Files.createSymbolicLink(folder.resolve("link"), path);
    WatchedFile file = new WatchedFile(link);
    file.look();
    Files.delete(link);
    Files.createSymbolicLink(link, other);
    file.look();
    assertEquals(List.of(upstreams("10.2.0.3:80")), file.look());
  }

  @Test
  void replacementsAndWritesAreSeen() throws Exception {
    ActorSystem system = ActorSystem.create("file");
    try {
      write("10.2.0.2:80");
      SinkQueueWithCancel<List<Upstream>> seen =
          create("interval = 20ms, path = \"" + path + "\"")
              .upstreams()
              .runWith(Sink.queue(), system);
      assertEquals(upstreams("10.2.0.2:80"), next(seen));
      replace("10.2.0.3:80");
      assertEquals(upstreams("10.2.0.3:80"), next(seen));
      write("10.2.0.4:80");
      assertEquals(upstreams("10.2.0.4:80"), next(seen));
    } finally {
      system.terminate();
    }
  }

  private static List<Upstream> next(SinkQueueWithCancel<List<Upstream>> seen) throws Exception {
    return seen.pull().toCompletableFuture().get(10, TimeUnit.SECONDS).orElseThrow();
  }

  @Test
  void theFileHasToBeNamed() {
    ConfigException refused = assertThrows(ConfigException.class, () -> create("interval = 1s"));
    assertTrue(refused.getMessage().contains("'path': is missing"), refused::getMessage);
  }
}
