package dev.pellucid.runtime.host.doctor.process;

import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether this process may have as many descriptors as its connections need. */
public final class DescriptorCheck implements Check {
  private static final Path LIMITS = Path.of("/proc/thread-self/limits");
  private static final Pattern LINE =
      Pattern.compile("^Max open files +(\\S+) +(?<hard>\\S+)", Pattern.MULTILINE);

  /** A client's socket, or one that replies to it, and one to its upstream. */
  private static final int PER_CONNECTION = 2;

  /** Listeners, loops, jars, logs, health checks. Pipes are done without if there are none. */
  private static final int OTHERS = 500;

  private static final String NR_OPEN = "fs.nr_open";

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted) throws IOException {
    long connections =
        wanted.listeners().stream().mapToLong(ListenerRequirements::maxConnections).sum();
    long needed = connections * PER_CONNECTION + OTHERS;
    // The JVM raises its soft limit to the hard one when it starts.
    long limit = hardLimit(Files.readString(LIMITS));
    if (connections == 0 || limit >= needed) {
      return List.of();
    }
    return List.of(
        new Finding(
            FindingType.DESCRIPTORS,
            "process",
            "This process may open %d descriptors, and %d connections need %d of them."
                .formatted(limit, connections, needed),
            "When they are used up, the proxy can neither accept clients nor connect to upstreams, although max-connections is not reached.",
            cure(host, needed)));
  }

  static long hardLimit(String limits) throws IOException {
    Matcher matcher = LINE.matcher(limits);
    if (!matcher.find()) {
      throw new IOException(LIMITS + " has no line \"Max open files\"");
    }
    String hard = matcher.group("hard");
    return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
  }

  private static String cure(Host host, long needed) throws IOException {
    int most = host.sysctls().number(NR_OPEN).orElse(Integer.MAX_VALUE);
    String raise = needed > most ? "sysctl -w %s=%d\n".formatted(NR_OPEN, needed) : "";
    return raise
        + """
        ulimit -n %1$d
        # and start the proxy from this shell; in a systemd unit: LimitNOFILE=%1$d"""
            .formatted(needed);
  }
}
