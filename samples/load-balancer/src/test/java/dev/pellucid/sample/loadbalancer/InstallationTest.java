package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InstallationTest {

  @Test
  void aPlainNameStaysReadable() {
    assertEquals(
        "pellucid rules apply /etc/proxy.conf",
        Installation.applyCommand(Path.of("/etc/proxy.conf")));
  }

  @Test
  void theShellReadsTheNameThatWasGiven() throws Exception {
    Path file = Path.of("/a b/it's $HOME;`x`.conf");
    String script = "pellucid() { printf %s \"$3\"; }\n" + Installation.applyCommand(file);
    Process shell = new ProcessBuilder("sh", "-euc", script).start();
    assertEquals(file.toString(), new String(shell.getInputStream().readAllBytes(), UTF_8));
  }
}
