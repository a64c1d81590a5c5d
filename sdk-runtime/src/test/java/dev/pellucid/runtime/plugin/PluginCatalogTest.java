package dev.pellucid.runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCatalogTest {
  private static final String ACCEPT = "return Verdict.accept();";

  /** A filter that rejects unless the library's class can be loaded. */
  private static final String ASK_LIBRARY =
      "return library.Answer.yes() ? Verdict.accept() : Verdict.reject();";

  @TempDir Path scratch;
  @TempDir Path folder;

  @Test
  void aJarInTheFolderIsAPlugin() throws IOException {
    Path jar =
        TestJar.filter(scratch, "Polite", "polite", ACCEPT)
            .attribute("Implementation-Version", "3.1")
            .write(folder.resolve("polite.jar"));

    InstalledPlugin<ConnectionFilter> plugin = filter(soundCatalog(), "polite");
    assertEquals("filter", plugin.kind().toString());
    assertEquals("3.1", plugin.version());
    assertEquals(jar.toString(), plugin.location());
    assertEquals(Set.of("mood"), plugin.keys());
    assertEquals(Verdict.accept(), create(plugin).decide(anyConnection()));
  }

  @Test
  void aSubfolderIsAPluginWithAllItsJars() throws IOException {
    Path library = library("true").write(folder.resolve("asking/library.jar"));
    asking(library).write(folder.resolve("asking/asking.jar"));

    assertEquals(
        Verdict.accept(), create(filter(soundCatalog(), "asking")).decide(anyConnection()));
  }

  @Test
  void whatIsNoPluginIsIgnored() throws IOException {
    Files.createDirectory(folder.resolve("empty"));
    Files.writeString(folder.resolve("README.txt"), "Plugins go here.");
    assertEquals(List.of(), soundCatalog().plugins());
    assertEquals(List.of(), PluginCatalog.scan(List.of(folder.resolve("missing"))).problems());
  }

  @Test
  void pluginsDoNotSeeEachOther() throws IOException {
    Path yes = library("true").write(folder.resolve("one/library.jar"));
    asking(yes).write(folder.resolve("one/asking.jar"));
    library("false").write(folder.resolve("two/library.jar"));
    TestJar.filter(scratch, "Other", "other", ACCEPT)
        .source("sample.Other", otherAsking(), yes)
        .write(folder.resolve("two/other.jar"));

    PluginCatalog catalog = soundCatalog();
    assertEquals(Verdict.accept(), create(filter(catalog, "asking")).decide(anyConnection()));
    assertEquals(Verdict.reject(), create(filter(catalog, "other")).decide(anyConnection()));
  }

  @Test
  void aPluginSeesTheHostsSharedPackagesOnly() throws Exception {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    ClassLoader loader = filter(soundCatalog(), "polite").factory().getClass().getClassLoader();

    assertInstanceOf(PluginClassLoader.class, loader);
    assertSame(Connection.class, loader.loadClass(Connection.class.getName()));
    for (String shared :
        List.of(
            "org.apache.pekko.actor.ActorSystem",
            "com.typesafe.config.Config",
            "org.reactivestreams.Publisher",
            "org.slf4j.Logger",
            "scala.Option")) {
      assertSame(Class.forName(shared), loader.loadClass(shared));
    }
    assertThrows(
        ClassNotFoundException.class, () -> loader.loadClass(PluginCatalog.class.getName()));
    assertThrows(ClassNotFoundException.class, () -> loader.loadClass("jnr.ffi.Pointer"));
  }

  @Test
  void createRunsInThePluginsContext() throws Exception {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    InstalledPlugin<ConnectionFilter> plugin = filter(soundCatalog(), "polite");
    create(plugin);

    Class<?> factory = plugin.factory().getClass();
    assertSame(factory.getClassLoader(), factory.getField("createdWith").get(null));
    assertNotSame(before, factory.getClassLoader());
    assertSame(before, Thread.currentThread().getContextClassLoader());
  }

  @Test
  void aJarMustSayWhichApiItWasBuiltAgainst() throws IOException {
    Path jar =
        TestJar.filter(scratch, "Polite", "polite", ACCEPT)
            .without("Pellucid-Api-Version")
            .write(folder.resolve("polite.jar"));
    assertProblem(jar.toString(), "Pellucid-Api-Version: 1.0");
  }

  @Test
  void anotherApiVersionIsRefusedBeforeAnyClassIsLoaded() throws IOException {
    Path jar =
        new TestJar(scratch)
            .attribute("Pellucid-Api-Version", "2.0")
            .provider("sample.NoSuchClass")
            .write(folder.resolve("later.jar"));
    assertProblem(jar.toString(), "'2.0'", "this one, 1.0");
  }

  @Test
  void nonsenseIsNoApiVersion() throws IOException {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT)
        .attribute("Pellucid-Api-Version", "newest")
        .write(folder.resolve("polite.jar"));
    assertProblem("polite.jar", "'newest'");
  }

  @Test
  void aBundledApiIsRefused() throws IOException {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT)
        .entry("dev/pellucid/api/Connection.class", new byte[0])
        .write(folder.resolve("fat.jar"));
    assertProblem("fat.jar", "bundles", "dev/pellucid/api/Connection.class", "provided");
  }

  @Test
  void aPluginWithoutProvidersIsAnErrorThatNamesItsJars() throws IOException {
    Path one = library("true").write(folder.resolve("nothing/a.jar"));
    Path two = library("true").write(folder.resolve("nothing/b.jar"));
    assertProblem(one + ":" + two, PluginJar.PROVIDERS);
  }

  @Test
  void twoPluginsOfOneTypeAreAnErrorThatNamesBoth() throws IOException {
    Path one =
        TestJar.filter(scratch, "First", "polite", ACCEPT).write(folder.resolve("first.jar"));
    Path two =
        TestJar.filter(scratch, "Second", "polite", ACCEPT).write(folder.resolve("second.jar"));
    assertProblem("filter 'polite'", one.toString(), two.toString());
  }

  @Test
  void aProviderThatIsNotThereIsAnError() throws IOException {
    new TestJar(scratch)
        .attribute("Pellucid-Api-Version", "1.0")
        .provider("sample.NoSuchClass")
        .write(folder.resolve("broken.jar"));
    assertProblem("broken.jar", "sample.NoSuchClass");
  }

  @Test
  void aMissingLibraryIsAnError() throws IOException {
    Path library = library("true").write(scratch.resolve("library.jar"));
    TestJar.filter(scratch, "Hasty", "hasty", ACCEPT)
        .source("sample.Hasty", hasty(), library)
        .write(folder.resolve("hasty.jar"));
    assertProblem("hasty.jar", "library.Answer");
  }

  @Test
  void aFileThatIsNoJarIsAnError() throws IOException {
    Files.writeString(folder.resolve("text.jar"), "not a jar");
    assertProblem("text.jar", "cannot be read");
  }

  @Test
  void aBrokenPluginDoesNotHideTheOthers() throws IOException {
    Files.writeString(folder.resolve("a.jar"), "not a jar");
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    PluginCatalog catalog = PluginCatalog.scan(List.of(folder));
    assertTrue(catalog.find(PluginKind.CONNECTION_FILTER, "polite").isPresent());
    assertThrows(PluginException.class, catalog::requireSound);
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
    assertEquals(Optional.empty(), soundCatalog().find(PluginKind.BALANCER, "polite"));
  }

  private void assertProblem(String... parts) {
    List<String> problems = PluginCatalog.scan(List.of(folder)).problems();
    assertEquals(1, problems.size(), problems::toString);
    for (String part : parts) {
      assertTrue(problems.get(0).contains(part), () -> part + " in " + problems);
    }
    assertFalse(problems.get(0).contains("\n"));
  }

  private PluginCatalog soundCatalog() {
    return PluginCatalog.scan(List.of(folder)).requireSound();
  }

  private TestJar library(String answer) throws IOException {
    return new TestJar(scratch)
        .source(
            "library.Answer",
            "package library; public class Answer { public static boolean yes() { return %s; } }"
                .formatted(answer));
  }

  private TestJar asking(Path library) throws IOException {
    return new TestJar(scratch)
        .attribute("Pellucid-Api-Version", "1.0")
        .provider("sample.Asking")
        .source("sample.Asking", TestJar.filterSource("Asking", "asking", ASK_LIBRARY), library);
  }

  private static String otherAsking() {
    return TestJar.filterSource("Other", "other", ASK_LIBRARY);
  }

  /** A plugin that needs its library as soon as it is loaded. */
  private static String hasty() {
    return TestJar.filterSource("Hasty", "hasty", ACCEPT)
        .replace(
            "public List<ConnectionFilterFactory>",
            "boolean yes = library.Answer.yes(); public List<ConnectionFilterFactory>");
  }

  private static InstalledPlugin<ConnectionFilter> filter(PluginCatalog catalog, String type) {
    return catalog.find(PluginKind.CONNECTION_FILTER, type).orElseThrow();
  }

  private static ConnectionFilter create(InstalledPlugin<ConnectionFilter> plugin) {
    return plugin.create(
        new Settings(ConfigFactory.empty()), new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static Connection anyConnection() {
    return (Connection)
        Proxy.newProxyInstance(
            PluginCatalogTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              throw new AssertionError(method + " was called");
            });
  }
}
