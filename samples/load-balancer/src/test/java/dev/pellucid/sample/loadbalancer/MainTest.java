package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    for (String command : new String[] {"run", "check", "plugins", "doctor"}) {
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
  void doctorPrintsWhatItExamined() {
    int code = execute("doctor", "--json");
    Config json =
        ConfigFactory.parseString(
            out.toString(UTF_8), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    assertEquals(List.of(), json.getStringList("examined.listeners"));
    assertEquals(json.getConfigList("findings").isEmpty() ? 0 : 1, code);
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
