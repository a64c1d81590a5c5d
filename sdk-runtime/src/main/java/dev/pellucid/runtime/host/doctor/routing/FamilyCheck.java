package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.SysctlValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether clients could choose the other version of IP and pass the proxy by. */
public final class FamilyCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (Intercept intercept : wanted.rules().intercepts()) {
      if (meansAnyone(intercept, wanted) && !covered(intercept, wanted.rules().intercepts())) {
        IpFamily other = other(intercept);
        List<String> open = open(host, intercept.interfaces(), other);
        if (!open.isEmpty()) {
          findings.add(finding(intercept, other, open));
        }
      }
    }
    return findings;
  }

  // A foreign listener has a destination, and who writes networks has thought of one family.
  private static boolean meansAnyone(Intercept intercept, HostRequirements wanted) {
    return intercept.mode() != InterceptMode.FOREIGN
        && wanted.listeners().stream()
            .filter(listener -> listener.name().equals(intercept.name()))
            .noneMatch(ListenerRequirements::oneFamily)
        && intercept.sources().isEmpty()
        && intercept.destinations().isEmpty();
  }

  private static IpFamily other(Intercept intercept) {
    return IpFamily.of(intercept.listener().getAddress()) == IpFamily.IPV4
        ? IpFamily.IPV6
        : IpFamily.IPV4;
  }

  private static boolean covered(Intercept intercept, List<Intercept> all) {
    List<PortRange> elsewhere =
        all.stream()
            .filter(each -> each.transport() == intercept.transport())
            .filter(each -> IpFamily.of(each.listener().getAddress()) == other(intercept))
            .flatMap(each -> each.ports().stream())
            .toList();
    return intercept.ports().stream().allMatch(range -> covered(range, elsewhere));
  }

  private static boolean covered(PortRange range, List<PortRange> by) {
    return by.stream()
        .anyMatch(each -> each.first() <= range.first() && range.last() <= each.last());
  }

  /** The interfaces where clients of a family could come in and be forwarded. */
  private static List<String> open(Host host, List<String> names, IpFamily family)
      throws IOException, InterruptedException {
    List<String> open = new ArrayList<>();
    for (Interface link : host.interfaces().list()) {
      String name = link.name();
      if ((names.isEmpty() ? !name.equals("lo") : names.contains(name))
          && link.routable(family).stream().anyMatch(Interface.Address::global)
          && forwards(host, name, family)) {
        open.add(name);
      }
    }
    return open;
  }

  private static boolean forwards(Host host, String link, IpFamily family) throws IOException {
    String kind = family == IpFamily.IPV4 ? "ipv4" : "ipv6";
    return host.sysctls().number(SysctlValues.ofInterface(kind, link, "forwarding")).orElse(0) == 1;
  }

  private static Finding finding(Intercept intercept, IpFamily other, List<String> open) {
    boolean six = other == IpFamily.IPV6;
    String missing = six ? "IPv6" : "IPv4";
    String covered = six ? "IPv4" : "IPv6";
    return new Finding(
        FindingType.MIXED_FAMILIES,
        "listener " + intercept.name(),
        "%s is intercepted and %s is not, and this host forwards %s that arrives on %s."
            .formatted(covered, missing, missing, String.join(", ", open)),
        "A client that has %s addresses reaches servers that have them too without the proxy%s."
            .formatted(missing, six ? ", and most clients prefer IPv6 to IPv4" : ""),
        "# add a listener at %s with the same intercept, or write intercept.sources = [\"%s\"] for listener %s if only %s is meant"
            .formatted(
                six ? "[::]" : "0.0.0.0", six ? "0.0.0.0/0" : "::/0", intercept.name(), covered));
  }
}
