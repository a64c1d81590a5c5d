package dev.pellucid.runtime.host.doctor.kernel;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether this host has IPv6, where the configuration needs it. */
public final class Ipv6Check implements Check {
  private static final Path SETTINGS = Path.of("/proc/sys/net/ipv6");

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted) {
    if (!wanted.rules().needs(IpFamily.IPV6) || IpFamily.IPV6.available()) {
      return List.of();
    }
    boolean switchedOff = Files.exists(SETTINGS);
    return List.of(
        new Finding(
            FindingType.IPV6_OFF,
            "IPv6",
            switchedOff
                ? "IPv6 is switched off: net.ipv6.conf.lo.disable_ipv6 is 1."
                : "The kernel of this host has no IPv6.",
            "Nothing over IPv6 is intercepted or sent to upstreams in clients' names, and no rules"
                + " can be applied while the configuration has listeners or sources with IPv6"
                + " addresses.",
            switchedOff
                ? "sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 && "
                    + wanted.applyCommand()
                    + " # interfaces then need their IPv6 addresses anew; or leave out what needs IPv6"
                : "# leave out listeners and sources with IPv6 addresses, or start the kernel without ipv6.disable=1"));
  }
}
