package dev.pellucid.runtime.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.nio.file.Path;
import java.nio.file.spi.FileSystemProvider;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginClassLoaderTest {
  private static final String ACCEPT = "return Verdict.accept();";

  @TempDir Path scratch;
  @TempDir Path folder;

  @Test
  void twoVersionsOfALibraryWorkSideBySide() throws IOException {
    Path yes = TestJar.library(scratch, "true").write(folder.resolve("one/library.jar"));
    TestJar.filter(scratch, "Asking", "asking", TestJar.ASK_LIBRARY, yes)
        .write(folder.resolve("one/asking.jar"));
    TestJar.library(scratch, "false").write(folder.resolve("two/library.jar"));
    TestJar.filter(scratch, "Other", "other", TestJar.ASK_LIBRARY, yes)
        .write(folder.resolve("two/other.jar"));

    assertEquals(Verdict.accept(), create(plugin("asking")).decide(anyConnection()));
    assertEquals(Verdict.reject(), create(plugin("other")).decide(anyConnection()));
  }

  @Test
  void classesOfTheHostAreThoseOfTheSharedPackagesOnly() throws Exception {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    ClassLoader loader = loader("polite");

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
    for (String hidden :
        List.of(
            PluginCatalog.class.getName(), "jnr.ffi.Pointer", "ch.qos.logback.classic.Logger")) {
      assertNotNull(Class.forName(hidden, false, getClass().getClassLoader()));
      assertThrows(ClassNotFoundException.class, () -> loader.loadClass(hidden));
    }
  }

  @Test
  void resourcesOfTheHostAreThoseOfTheSharedPackagesOnly() throws IOException {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT)
        .entry("org/slf4j/Logger.class", new byte[0])
        .write(folder.resolve("polite.jar"));
    ClassLoader loader = loader("polite");
    ClassLoader host = getClass().getClassLoader();

    String shared = "org/slf4j/Logger.class";
    assertEquals(host.getResource(shared), loader.getResource(shared));
    assertEquals(List.of(host.getResource(shared)), resources(loader, shared));
    for (String hidden :
        List.of(
            "reference.conf",
            "META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
            "dev/pellucid/runtime/plugin/PluginCatalog.class",
            "ch/qos/logback/classic/Logger.class")) {
      assertNotNull(host.getResource(hidden), hidden);
      assertNull(loader.getResource(hidden), hidden);
      assertEquals(List.of(), resources(loader, hidden));
    }
  }

  @Test
  void aPluginFindsItsOwnResources() throws IOException {
    Path jar =
        TestJar.filter(scratch, "Polite", "polite", ACCEPT)
            .entry("reference.conf", "mood = good".getBytes(UTF_8))
            .write(folder.resolve("polite.jar"));
    ClassLoader loader = loader("polite");

    List<URL> found = resources(loader, "reference.conf");
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.get(0).toString().contains(jar.toString()));
    try (InputStream content = loader.getResourceAsStream("reference.conf")) {
      assertEquals("mood = good", new String(content.readAllBytes(), UTF_8));
    }
    assertEquals("good", ConfigFactory.defaultReference(loader).getString("mood"));
  }

  @Test
  void aLibraryFindsItsOwnServicesAndThoseOfTheJdk() throws Exception {
    Path library =
        TestJar.library(scratch, "true")
            .source(
                "library.Voice",
                "package library; public class Voice implements Runnable { public void run() {} }")
            .entry("META-INF/services/java.lang.Runnable", "library.Voice".getBytes(UTF_8))
            .write(folder.resolve("asking/library.jar"));
    TestJar.filter(
            scratch,
            "Asking",
            TestJar.filterSource("Asking", "asking", TestJar.ASK_LIBRARY)
                .replace(
                    TestJar.CREATE, "ServiceLoader.load(Runnable.class).iterator().next().run();"),
            library)
        .write(folder.resolve("asking/asking.jar"));

    create(plugin("asking"));
    assertEquals(
        "library.Voice",
        ServiceLoader.load(Runnable.class, loader("asking"))
            .findFirst()
            .orElseThrow()
            .getClass()
            .getName());
    assertTrue(
        ServiceLoader.load(FileSystemProvider.class, loader("asking")).stream()
            .anyMatch(provider -> provider.type().getName().startsWith("jdk.")));
  }

  @Test
  void createRunsInThePluginsContext() throws Exception {
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    InstalledPlugin<ConnectionFilter> plugin = plugin("polite");
    create(plugin);

    Class<?> factory = plugin.factory().getClass();
    assertSame(factory.getClassLoader(), factory.getField("loadedWith").get(null));
    assertSame(factory.getClassLoader(), factory.getField("createdWith").get(null));
    assertNotSame(before, factory.getClassLoader());
    assertSame(before, Thread.currentThread().getContextClassLoader());
  }

  private InstalledPlugin<ConnectionFilter> plugin(String type) {
    PluginCatalog catalog = PluginCatalog.scan(List.of(folder));
    assertEquals(List.of(), catalog.problems());
    return catalog
        .claims(PluginKind.CONNECTION_FILTER, type)
        .get(0)
        .as(PluginKind.CONNECTION_FILTER)
        .orElseThrow();
  }

  private ClassLoader loader(String type) {
    return plugin(type).factory().getClass().getClassLoader();
  }

  private static List<URL> resources(ClassLoader loader, String name) throws IOException {
    return Collections.list(loader.getResources(name));
  }

  private static ConnectionFilter create(InstalledPlugin<ConnectionFilter> plugin) {
    return plugin.create(
        new Settings(ConfigFactory.empty()), new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static Connection anyConnection() {
    return (Connection)
        Proxy.newProxyInstance(
            PluginClassLoaderTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              throw new AssertionError(method + " was called");
            });
  }
}
