package dev.pellucid.sample.loadbalancer;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Examination;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.examination.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/**
 * What {@code pellucid doctor} prints. For people, each finding with its cure at the start of a
 * line, to be copied as it is:
 *
 * <pre>
 * broken: src-valid-mark (interface client0)
 *   net.ipv4.conf.client0.src_valid_mark is 1.
 *   Packets for the proxy fail the reverse path check.
 *   cure:
 * sysctl -w net.ipv4.conf.client0.src_valid_mark=0
 *
 * examined: this host, and what web of proxy.conf needs of it
 * not examined: whether traffic really flows, which --probe tries out
 * 1 finding
 * </pre>
 *
 * @param file the configuration file, if one was given
 * @param wanted what it asks of the host
 * @param depth how far the examination went
 * @param examination what was found, and what could not be found out
 */
record DoctorReport(
    Optional<Path> file, HostRequirements wanted, Depth depth, Examination examination) {
  private static final int WIDTH = 100;
  private static final String INDENT = "  ";

  String text(Ansi ansi) {
    List<String> lines = new ArrayList<>();
    examination.findings().forEach(finding -> lines.addAll(lines(finding, ansi)));
    examination.notes().forEach(note -> lines.addAll(Wrapping.lines("note: ", note, WIDTH)));
    lines.addAll(Wrapping.lines("examined: ", examined(), WIDTH));
    if (depth != Depth.PROBE) {
      lines.add("not examined: whether traffic really flows, which --probe tries out");
    }
    lines.add(count());
    return String.join(System.lineSeparator(), lines);
  }

  private static List<String> lines(Finding finding, Ansi ansi) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s (%s)"
            .formatted(
                severity(finding.type().severity(), ansi), finding.type().id(), finding.subject()));
    lines.addAll(Wrapping.lines(INDENT, finding.what(), WIDTH));
    lines.addAll(Wrapping.lines(INDENT, finding.why(), WIDTH));
    // A here-document in a cure ends only where its last word begins the line.
    lines.add(INDENT + "cure:");
    lines.addAll(finding.cure().lines().toList());
    lines.add("");
    return lines;
  }

  private static String severity(Severity severity, Ansi ansi) {
    String style = severity == Severity.RISK ? "bold,yellow" : "bold,red";
    return ansi.string("@|%s %s|@".formatted(style, word(severity)));
  }

  private String examined() {
    return file.map(path -> "this host, and what %s of %s needs of it".formatted(names(), path))
        .orElse("this host; with a configuration file, what that needs as well");
  }

  private String names() {
    return String.join(", ", listeners());
  }

  private List<String> listeners() {
    return wanted.listeners().stream().map(ListenerRequirements::name).toList();
  }

  private String count() {
    return switch (examination.findings().size()) {
      case 0 -> "no findings";
      case 1 -> "1 finding";
      default -> examination.findings().size() + " findings";
    };
  }

  /** One object; the keys of each object are in the order of the alphabet. */
  String json() {
    Map<String, Object> examined = new LinkedHashMap<>();
    examined.put("depth", word(depth));
    file.ifPresent(path -> examined.put("file", path.toString()));
    examined.put("listeners", listeners());
    return ConfigValueFactory.fromMap(
            Map.of(
                "examined",
                examined,
                "findings",
                examination.findings().stream().map(DoctorReport::map).toList(),
                "notes",
                examination.notes()))
        .render(ConfigRenderOptions.concise().setFormatted(true))
        .strip();
  }

  private static Map<String, String> map(Finding finding) {
    return Map.of(
        "type", finding.type().id(),
        "severity", word(finding.type().severity()),
        "subject", finding.subject(),
        "what", finding.what(),
        "why", finding.why(),
        "cure", finding.cure());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
