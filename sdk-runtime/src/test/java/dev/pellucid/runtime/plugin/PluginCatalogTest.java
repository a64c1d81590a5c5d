package dev.pellucid.runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found where. See {@link PluginDiagnosisTest} for what is wrong with it. */
class PluginCatalogTest {
  private static final String ACCEPT = "return Verdict.accept();";

  @TempDir Path scratch;
  @TempDir Path folder;

  @Test
  void aJarInTheFolderIsAPlugin() throws IOException {
    Path jar =
        TestJar.filter(scratch, "Polite", "polite", ACCEPT)
            .attribute("Implementation-Version", "3.1")
            .write(folder.resolve("polite.jar"));

    PluginCatalog catalog = soundCatalog();
    InstalledPlugin<ConnectionFilter> plugin =
        catalog
            .claims(PluginKind.CONNECTION_FILTER, "polite")
            .get(0)
            .as(PluginKind.CONNECTION_FILTER)
            .orElseThrow();
    assertEquals("filter", plugin.kind().toString());
    assertEquals("3.1", plugin.version());
    assertEquals(jar.toString(), plugin.location());
    assertEquals("A plugin of a test", plugin.description());
    assertEquals(Set.of("mood"), plugin.keys());
    plugin.create(
        new Settings(ConfigFactory.empty()), new PluginContext("web", Transport.TCP, Set.of()));
  }

  @Test
  void aSubfolderIsAPluginWithAllItsJars() throws IOException {
    Path library = TestJar.library(scratch, "true").write(folder.resolve("asking/library.jar"));
    Path jar =
        TestJar.filter(scratch, "Asking", "asking", TestJar.ASK_LIBRARY, library)
            .write(folder.resolve("asking/asking.jar"));

    assertEquals(
        List.of(jar.toString()),
        soundCatalog().plugins().stream().map(InstalledPlugin::location).toList());
  }

  @Test
  void pluginsAreSortedByTheNamesOfTheirFiles() throws IOException {
    TestJar.filter(scratch, "First", "first", ACCEPT).write(folder.resolve("c.jar"));
    TestJar.filter(scratch, "Second", "second", ACCEPT).write(folder.resolve("b/plugin.jar"));
    TestJar.filter(scratch, "Third", "third", ACCEPT).write(folder.resolve("a.jar"));
    assertEquals(
        List.of("third", "second", "first"),
        soundCatalog().plugins().stream().map(InstalledPlugin::type).toList());
  }

  @Test
  void whatIsNoPluginIsIgnored() throws IOException {
    Files.createDirectory(folder.resolve("empty"));
    Files.writeString(folder.resolve("README.txt"), "Plugins go here.");
    assertEquals(List.of(), soundCatalog().plugins());
    assertEquals(List.of(), PluginCatalog.scan(List.of(folder.resolve("missing"))).problems());
  }

  @Test
  void theSameFolderIsScannedOnce() throws IOException {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    PluginCatalog catalog =
        PluginCatalog.scan(List.of(folder, folder.resolve("../" + folder.getFileName())));
    assertEquals(List.of(), catalog.problems());
  }

  @Test
  void kindsAreKeptApart() throws IOException {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    assertTrue(soundCatalog().claims(PluginKind.BALANCER, "polite").isEmpty());
  }

  private PluginCatalog soundCatalog() {
    PluginCatalog catalog = PluginCatalog.scan(List.of(folder));
    assertEquals(List.of(), catalog.problems());
    return catalog;
  }
}
