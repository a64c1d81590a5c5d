package dev.pellucid.runtime.host.doctor.process;

import static java.util.stream.Collectors.joining;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.linux.Capabilities;
import dev.pellucid.runtime.linux.Capabilities.Capability;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether this process may open the sockets that the listeners need. */
public final class PrivilegeCheck implements Check {
  private static final int PRIVILEGED_PORTS = 1024;

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted) throws IOException {
    Capabilities capabilities = Capabilities.read();
    List<Finding> findings = new ArrayList<>();
    if (!capabilities.effective(Capability.NET_RAW)
        && !capabilities.effective(Capability.NET_ADMIN)) {
      findings.addAll(
          missing(
              Capability.NET_RAW,
              capabilities,
              raw(wanted),
              "use addresses that are not this host's, or mark their packets"));
    }
    if (!capabilities.effective(Capability.NET_BIND_SERVICE)) {
      int first =
          host.sysctls().number("net.ipv4.ip_unprivileged_port_start").orElse(PRIVILEGED_PORTS);
      findings.addAll(
          missing(
              Capability.NET_BIND_SERVICE,
              capabilities,
              wanted.listeners().stream()
                  .filter(listener -> listener.address().getPort() < first)
                  .toList(),
              "listen on a port below " + first));
    }
    return findings;
  }

  private static List<ListenerRequirements> raw(HostRequirements wanted) {
    // Where one listener intercepts what this host sends, the sockets of all are marked.
    boolean marked = wanted.rules().intercepts().stream().anyMatch(Intercept::localOutput);
    return wanted.listeners().stream()
        .filter(listener -> listener.transparent() || listener.spoofs() || marked)
        .toList();
  }

  private static List<Finding> missing(
      Capability capability,
      Capabilities seen,
      List<ListenerRequirements> listeners,
      String purpose) {
    if (listeners.isEmpty()) {
      return List.of();
    }
    String name = "CAP_" + capability;
    String names = listeners.stream().map(ListenerRequirements::name).collect(joining(", "));
    return List.of(
        new Finding(
            FindingType.CAPABILITY_MISSING,
            name,
            "This process does not have %s in effect: it is %s%s."
                .formatted(
                    name,
                    seen.seen(capability),
                    seen.noNewPrivileges() ? ", and no_new_privs is set" : ""),
            "The kernel refuses sockets that %s without it, and these listeners need them: %s."
                .formatted(purpose, names),
            seen.bounded(capability) ? grant(name) : unbind(capability)));
  }

  private static String grant(String name) {
    String flag = "+" + name.substring("CAP_".length()).toLowerCase(Locale.ROOT);
    return """
        # in the systemd unit: AmbientCapabilities=%s
        # or, from a shell of root: setpriv --reuid USER --regid GROUP --init-groups --inh-caps %s --ambient-caps %s pellucid run FILE"""
        .formatted(name, flag, flag);
  }

  private static String unbind(Capability capability) {
    return """
        # what has started this process has taken it away for good; there:
        # in a container: --cap-add %1$s
        # in the systemd unit: AmbientCapabilities=CAP_%1$s, also in CapabilityBoundingSet= if that is set"""
        .formatted(capability);
  }
}
