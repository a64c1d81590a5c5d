package dev.pellucid.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.Await;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HostCommandTest {

  @Test
  void inputIsRead() throws Exception {
    String longer = "a line\n".repeat(100_000);
    assertEquals(longer, HostCommand.run(HostCommand::text, longer, "cat"));
  }

  @Test
  void aCommandMayBeNamedByItsPath() throws Exception {
    assertEquals("so\n", HostCommand.run("/bin/sh", "-c", "echo so"));
    assertThrows(MissingCommandException.class, () -> HostCommand.run("/bin/of-nobody"));
  }

  @Test
  void inputMayBeIgnored() throws Exception {
    assertEquals("", HostCommand.run(HostCommand::text, "a line\n".repeat(100_000), "true"));
  }

  @Test
  void whatIsPrintedIsLimited() {
    IOException e =
        assertThrows(
            IOException.class, () -> HostCommand.run("head", "-c", "20000000", "/dev/zero"));
    assertEquals(
        "cannot read what `head -c 20000000 /dev/zero` prints: it is more than 16 MiB",
        e.getMessage());
  }

  @Test
  void aCommandThatFailsIsToldRatherThanItsOutput() {
    HostCommandException e =
        assertThrows(
            HostCommandException.class,
            () ->
                HostCommand.run(
                    HostCommandTest::unreadable,
                    "",
                    "sh",
                    "-c",
                    "seq 100000; echo why >&2; exit 3"));
    assertEquals(3, e.exitCode());
    assertTrue(e.getMessage().endsWith("ended with 3: why"), e::getMessage);
  }

  @Test
  void aReaderMayFail() {
    IOException e =
        assertThrows(
            IOException.class,
            () -> HostCommand.run(HostCommandTest::unreadable, "", "seq", "100000"));
    assertEquals("cannot read what `seq 100000` prints: 1", e.getMessage());
  }

  private static String unreadable(InputStream output) throws IOException {
    throw new IOException(new String(output.readNBytes(1), UTF_8));
  }

  @Test
  void whatAShellHasStartedEndsWithAnInterruptedCaller() throws Exception {
    Process shell = HostCommand.builder("sh", "-c", "sleep 20; exit 1").start();
    Await.until("the shell starts nothing", () -> shell.descendants().count() == 1);
    ProcessHandle started = shell.descendants().findFirst().orElseThrow();
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> HostCommand.finish(shell, List.of("sh")));
    Await.until("what it has started goes on", () -> !started.isAlive());
  }
}
