package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.runtime.config.ConfigurationException;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.plugin.PluginCatalog;
import dev.pellucid.runtime.plugin.PluginException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            + " \"open\"? (known: open)");
  }

  @Test
  void anUnknownKey() throws IOException {
    assertProblem(
        "{ type = open, colour = red }",
        "pellucid.listeners.web.filters[0].colour: unknown key \"colour\" (known: mood, type)");
  }

  @Test
  void aBadValue() throws IOException {
    assertProblem(
        "{ type = open, mood = bad }",
        "pellucid.listeners.web.filters[0]: Invalid value at 'mood': is bad");
  }

  @Test
  void aPluginThatFails() throws IOException {
    assertProblem(
        "{ type = open, mood = broken }",
        "pellucid.listeners.web.filters[0].type: the plugin in a test failed:"
            + " java.lang.IllegalStateException: out of order");
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
  void aBrokenPluginIsNotIgnored() throws IOException {
    ProxyConfig config = config("{ type = open }");
    PluginCatalog catalog =
        new PluginCatalog(recording.catalog().plugins(), List.of("plugin x.jar is broken"));
    PluginException refused =
        assertThrows(PluginException.class, () -> ProxyPlugins.create(config, catalog));
    assertEquals("plugin x.jar is broken", refused.getMessage());
    assertEquals(List.of(), recording.made);
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
    ProxyConfig config = config(filter);
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class, () -> ProxyPlugins.create(config, recording.catalog()));
    assertEquals(folder.resolve("web.conf") + ":3: " + expected, refused.getMessage());
  }
}
