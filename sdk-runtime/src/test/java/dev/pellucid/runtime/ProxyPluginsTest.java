package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.runtime.config.ConfigurationException;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.plugin.InstalledPlugin;
import dev.pellucid.runtime.plugin.PluginCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyPluginsTest {
  @TempDir Path folder;
  private final RecordingPlugins recording = new RecordingPlugins();

  @Test
  void instancesAreClosedInReverse() throws IOException {
    ProxyPlugins.create(config("{ type = open }"), recording.catalog()).close();
    assertEquals(List.of("web filter", "web log"), recording.made);
    assertEquals(List.of("web log", "web filter"), recording.closed);
  }

  @Test
  void anUnknownType() throws IOException {
    assertProblem(
        "{ type = opne }",
        "pellucid.listeners.web.filters[0].type: unknown filter type \"opne\", did you mean"
            + " \"open\"? (known: bytes, datagrams, open, to)");
  }

  @Test
  void filtersOfAllKindsShareAList() throws IOException {
    ProxyConfig config = config("{ type = bytes }, { type = open }, { type = bytes }");
    try (ProxyPlugins plugins = ProxyPlugins.create(config, recording.catalog())) {
      ListenerPlugins web = plugins.of(config.listeners().get(0));
      assertEquals(1, web.connectionFilters().size());
      assertEquals(2, web.byteFilters().size());
      assertEquals(List.of(), web.datagramFilters());
    }
  }

  @Test
  void aFilterOfDatagramsIsNotForTcp() throws IOException {
    assertProblem(
        "{ type = datagrams }",
        "pellucid.listeners.web.filters[0].type: the filter \"datagrams\" is for transport = udp");
  }

  @Test
  void anUnknownKey() throws IOException {
    assertProblem(
        "{ type = open, colour = red }",
        "pellucid.listeners.web.filters[0].colour: unknown key \"colour\" (known: mood, type)");
  }

  @Test
  void aBadValue() throws IOException {
    assertProblem("{ type = open, mood = bad }", "pellucid.listeners.web.filters[0].mood: is bad");
  }

  @Test
  void aPluginThatFails() throws IOException {
    assertProblem(
        "{ type = open, mood = broken }",
        "pellucid.listeners.web.filters[0].type: the plugin in a test failed:"
            + " java.lang.IllegalStateException: out of order; this is an error in the plugin: use a"
            + " version of it that works, or remove the jar");
  }

  @Test
  void allProblemsAtOnceAndTheOthersAreClosed() throws IOException {
    ProxyConfig config = config("{ type = opne }, { type = open }, { type = open, mood = bad }");
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class, () -> ProxyPlugins.create(config, recording.catalog()));
    assertEquals(2, refused.problems().size());
    assertEquals(List.of("web log", "web filter"), recording.closed);
  }

  @Test
  void aBrokenPluginThatNobodyAsksForDoesNoHarm() throws IOException {
    PluginCatalog catalog =
        new PluginCatalog(recording.catalog().plugins(), List.of("plugin x.jar is broken"));
    ProxyPlugins.create(config("{ type = open }"), catalog).close();
    assertEquals(List.of("plugin x.jar is broken"), catalog.problems());
  }

  @Test
  void aBrokenPluginMayBeTheOneThatIsAskedFor() throws IOException {
    PluginCatalog catalog =
        new PluginCatalog(
            recording.catalog().plugins(), List.of("plugin x.jar is broken", "plugin y.jar too"));
    assertProblem(
        catalog,
        "{ type = polite }",
        "pellucid.listeners.web.filters[0].type: unknown filter type \"polite\" (known: bytes, datagrams, open, to); it"
            + " may be that of a plugin that cannot be loaded: plugin x.jar is broken; plugin y.jar"
            + " too");
  }

  @Test
  void aTypeThatTwoClaimMayNotBeAskedFor() throws IOException {
    PluginCatalog catalog = twice(recording.catalog());
    String conflict =
        "filter 'open' is claimed by more than one plugin, in a test and in a test: remove all but"
            + " one of them";
    assertProblem(
        catalog, "{ type = open }", "pellucid.listeners.web.filters[0].type: " + conflict);
    ProxyPlugins.create(config(""), catalog).close();
    assertEquals(List.of(conflict), catalog.problems());
  }

  @Test
  void instancesAreClosedInTheirContext() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    OtherClassLoader other = new OtherClassLoader();
    ProxyPlugins.closeLastFirst(List.of(other.make(AutoCloseable.class)));
    assertEquals(List.of(other), other.contexts());
    assertSame(before, Thread.currentThread().getContextClassLoader());
  }

  /** With the filter listed a second time. */
  private static PluginCatalog twice(PluginCatalog catalog) {
    List<InstalledPlugin<?>> plugins = new ArrayList<>(catalog.plugins());
    plugins.addAll(
        catalog.plugins().stream().filter(plugin -> plugin.type().equals("open")).toList());
    return new PluginCatalog(plugins, List.of());
  }

  /** Filters stand in line 3. */
  private ProxyConfig config(String filters) throws IOException {
    return ProxyConfig.load(
        Files.writeString(
            folder.resolve("web.conf"),
            """
            pellucid.listeners.web {
              address = "0.0.0.0:50080", intercept.mode = none
              filters = [%s]
              upstream { pool = [{ address = "10.2.0.2:80" }], balancer { type = first } }
              access-log { type = list }
            }
            """
                .formatted(filters)));
  }

  private void assertProblem(String filter, String expected) throws IOException {
    assertProblem(recording.catalog(), filter, expected);
  }

  private void assertProblem(PluginCatalog catalog, String filter, String expected)
      throws IOException {
    ProxyConfig config = config(filter);
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> ProxyPlugins.create(config, catalog));
    assertEquals(folder.resolve("web.conf") + ":3: " + expected, refused.getMessage());
  }
}
