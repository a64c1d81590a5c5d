package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private String file(String intercept) throws IOException {
    return Files.writeString(
            folder.resolve("proxy.conf"),
            """
            pellucid {
              rules.table = edge
              listeners.web {
                address = "0.0.0.0:50080", intercept { ports = [80], %s }
                upstream.pool = [{ address = "10.2.0.2:80" }]
              }
            }
            """
                .formatted(intercept))
        .toString();
  }

  private int execute(String... arguments) {
    return Main.commandLine(System.out)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void printsForEitherTool() throws IOException {
    String file = file("");
    assertEquals(0, execute("rules", "print", file, "--tool", "nft"));
    assertTrue(out.toString().contains("\ntable inet edge {\n"), out::toString);
    assertEquals(0, execute("rules", "print", file, "--tool", "iptables"));
    assertTrue(out.toString().contains("\n:EDGE - [0:0]\n"), out::toString);
  }

  @Test
  void whatAToolCannotDoIsCode1() throws IOException {
    assertEquals(1, execute("rules", "print", file("on-proxy-down = reset"), "--tool", "iptables"));
    assertTrue(
        err.toString().startsWith("listener web: with iptables, on-proxy-down can only be block"),
        err::toString);
  }

  @Test
  void aBadFileOrCommandLineIsCode2() throws IOException {
    for (String verb : new String[] {"print", "apply"}) {
      assertEquals(2, execute("rules", verb, file("moed = tproxy")));
    }
    // Removing takes no more than the names.
    Path unnamed = Files.writeString(folder.resolve("unnamed.conf"), "pellucid.rules.table = 1");
    assertEquals(2, execute("rules", "remove", unnamed.toString()));
    assertTrue(err.toString().contains("unnamed.conf:1: pellucid.rules"), err::toString);
    for (String verb : new String[] {"print", "apply", "remove"}) {
      assertEquals(2, execute("rules", verb));
    }
    assertEquals(2, execute("rules", "apply", file(""), "--tool", "pf"));
    assertTrue(err.toString().contains("\"pf\" is neither nft nor iptables"), err::toString);
    assertEquals(2, execute("rules"));
  }
}
