package dev.pellucid.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Examines its host, with what its process may do. Takes a configuration file and a depth. */
final class DoctorProcess {
  private DoctorProcess() {}

  public static void main(String[] args) throws Exception {
    ProxyConfig config = ProxyConfig.load(Path.of(args[0]));
    Doctor.examine(HostRules.requirements(config, "true"), Depth.valueOf(args[1])).stream()
        .map(DoctorProcess::line)
        .forEach(System.out::println);
  }

  private static String line(Finding finding) {
    return Stream.of(
            finding.type().name(), finding.subject(), finding.what(), finding.why(), finding.cure())
        .map(text -> Base64.getEncoder().encodeToString(text.getBytes(UTF_8)))
        .reduce((one, other) -> one + " " + other)
        .orElseThrow();
  }

  /** What it has printed. */
  static List<Finding> findings(String output) {
    return output.lines().map(DoctorProcess::finding).toList();
  }

  private static Finding finding(String line) {
    List<String> parts =
        Arrays.stream(line.split(" ", -1))
            .map(text -> new String(Base64.getDecoder().decode(text), UTF_8))
            .toList();
    return new Finding(
        FindingType.valueOf(parts.get(0)), parts.get(1), parts.get(2), parts.get(3), parts.get(4));
  }
}
