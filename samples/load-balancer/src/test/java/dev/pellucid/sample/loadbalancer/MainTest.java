package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as far as no plugin is needed: this class path has none. */
class MainTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();

  @Test
  void aBadFileIsCode2() throws IOException {
    Path file = Files.writeString(folder.resolve("web.conf"), "pellucid.event-loops = -1");
    for (String command : new String[] {"run", "check", "plugins"}) {
      assertEquals(2, execute(command, file.toString()));
      assertTrue(
          err.toString().startsWith(file + ":1: pellucid.event-loops: must be"), err::toString);
    }
  }

  @Test
  void anUnknownPluginIsCode2() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("web.conf"),
            """
            pellucid.listeners.web {
              address = "0.0.0.0:50080", upstream.route = original-destination
            }
            """);
    assertEquals(2, execute("check", file.toString()));
    assertTrue(err.toString().contains("unknown access-log type \"text\""), err::toString);
  }

  @Test
  void aBadCommandLineIsCode2() {
    assertEquals(2, execute("run"));
    assertEquals(2, execute("frobnicate"));
  }

  @Test
  void pluginsPrintsATable() {
    assertEquals(0, execute("plugins"));
    assertEquals("KIND  TYPE  VERSION  DESCRIPTION", out.toString(UTF_8).strip());
  }

  private int execute(String... arguments) {
    return Main.commandLine(new PrintStream(out, true, UTF_8))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
