package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.pellucid.runtime.HostRules;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Examination;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;

class DoctorReportTest {
  private static final Examination NOTHING = new Examination(List.of(), List.of());

  @TempDir Path folder;

  private static final Finding MARK =
      new Finding(
          FindingType.SRC_VALID_MARK,
          "interface \"eth0\"",
          "net.ipv4.conf.eth0.src_valid_mark is 1.",
          "Packets " + "for the proxy ".repeat(8) + "are dropped.",
          "sysctl -w net.ipv4.conf.eth0.src_valid_mark=0\nnft -f - <<'END'\n  x\nEND");
  private static final Finding BACKLOG =
      new Finding(FindingType.BACKLOG, "listener web", "what", "why", "# do this");

  @Test
  void peopleReadFindingsAndCopyCures() {
    assertEquals(
        """
        broken: src-valid-mark (interface "eth0")
          net.ipv4.conf.eth0.src_valid_mark is 1.
          Packets for the proxy for the proxy for the proxy for the proxy for the proxy for the proxy for
          the proxy for the proxy are dropped.
          cure:
        sysctl -w net.ipv4.conf.eth0.src_valid_mark=0
        nft -f - <<'END'
          x
        END

        risk: backlog (listener web)
          what
          why
          cure:
        # do this

        note: a note
        examined: this host; with a configuration file, what that needs as well
        2 findings""",
        report(Depth.PROBE, MARK, BACKLOG).text(Ansi.OFF));
  }

  @Test
  void aCleanHostSaysWhatWasExamined() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("proxy.conf"),
            """
            pellucid.listeners.web {
              address = "127.0.0.1:50080", upstream.route = original-destination
            }
            """);
    HostRequirements wanted = HostRules.requirements(ProxyConfig.load(file), "apply");
    assertEquals(
        """
        examined: this host, and what web of proxy.conf needs of it
        not examined: whether traffic really flows, which --probe tries out
        no findings""",
        new DoctorReport(Optional.of(Path.of("proxy.conf")), wanted, Depth.TRY, NOTHING)
            .text(Ansi.OFF));
  }

  @Test
  void terminalsShowSeverityInColour() {
    String text = report(Depth.TRY, MARK, BACKLOG).text(Ansi.ON);
    assertTrue(text.startsWith("\u001B[1m\u001B[31mbroken"), text);
    assertTrue(text.contains("\u001B[33mrisk"), text);
  }

  @Test
  void machinesReadJson() {
    Config json =
        ConfigFactory.parseString(
            report(Depth.TRY, MARK).json(),
            ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    assertEquals("try", json.getString("examined.depth"));
    assertEquals(List.of("a note"), json.getStringList("notes"));
    Config finding = json.getConfigList("findings").get(0);
    assertEquals("src-valid-mark", finding.getString("type"));
    assertEquals("broken", finding.getString("severity"));
    assertEquals(MARK.subject(), finding.getString("subject"));
    assertEquals(MARK.what(), finding.getString("what"));
    assertEquals(MARK.why(), finding.getString("why"));
    assertEquals(MARK.cure(), finding.getString("cure"));
  }

  private static DoctorReport report(Depth depth, Finding... findings) {
    return new DoctorReport(
        Optional.empty(),
        HostRequirements.NONE,
        depth,
        new Examination(List.of(findings), List.of("a note")));
  }
}
