package com.example.pellucid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.api.Transport;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.plugin.PluginContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowLogTest {
  @TempDir Path folder;

  @Test
  void recordsWhatTookLong() throws Exception {
    Path file = folder.resolve("slow.log");
    try (AccessLog log = log(file, "2s")) {
      log.log(
          List.of(
              Connections.ended(Duration.ofMillis(1999)),
              Connections.ended(Duration.ofMillis(2001))));
    }
    assertEquals(
        List.of("1970-01-01T00:00:00Z /10.1.0.2:40000 /10.2.0.2:80 2001 ms -- finished"),
        Files.readAllLines(file));
  }

  @Test
  void refusesAFileThatCannotBeWritten() {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> log(folder.resolve("no/such/folder"), "2s"));
    assertTrue(refused.getMessage().contains("Invalid value at 'file': cannot be written"));
  }

  @Test
  void opensNoFileIfSomethingElseIsWrong() {
    Path file = folder.resolve("slow.log");
    assertThrows(ConfigException.class, () -> log(file, "soon"));
    assertFalse(Files.exists(file));
  }

  private static AccessLog log(Path file, String limit) {
    return new SlowLog.Factory()
        .create(
            new Settings(
                ConfigFactory.parseMap(Map.of("file", file.toString(), "longer-than", limit))),
            new PluginContext("web", Transport.TCP, Set.of()));
  }
}
