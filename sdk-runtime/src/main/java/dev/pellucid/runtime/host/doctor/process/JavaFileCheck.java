package dev.pellucid.runtime.host.doctor.process;

import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.linux.FileCapabilities;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The java that would run the proxy: one with file capabilities does not start. */
public final class JavaFileCheck implements Check {
  private static final Path OWN = Path.of("/proc/self/exe");

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted) throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Path java : candidates()) {
      if (FileCapabilities.present(java)) {
        findings.add(
            new Finding(
                FindingType.CAPABILITY_SETCAP,
                java.toString(),
                java + " has capabilities of its own, which setcap has given to it.",
                "The system does not let such a program load libraries from next to it, where java has its own: it ends with an error about libjli.so. Every other program that it runs would have the capabilities as well.",
                "setcap -r " + java));
      }
    }
    return findings;
  }

  // This java has started; the one of the service may be another. After an upgrade of the package,
  // this one may be gone.
  private static Set<Path> candidates() throws IOException {
    List<Path> files = new ArrayList<>(List.of(Files.readSymbolicLink(OWN)));
    Optional.ofNullable(System.getenv("JAVA_HOME"))
        .ifPresent(home -> files.add(Path.of(home, "bin", "java")));
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String folder : path.split(File.pathSeparator, -1)) {
      files.add(Path.of(folder, "java"));
    }
    Set<Path> found = new LinkedHashSet<>();
    for (Path file : files) {
      if (Files.isRegularFile(file)) {
        found.add(file.toRealPath());
      }
    }
    return found;
  }
}
