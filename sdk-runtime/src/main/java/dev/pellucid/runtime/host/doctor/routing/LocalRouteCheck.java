package dev.pellucid.runtime.host.doctor.routing;

import static java.util.stream.Collectors.joining;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The proxy's route table delivers everything to this host. */
public final class LocalRouteCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      // Without loopback there is no such route: that is a finding of its own.
      if (wanted.diverts(family) && LoopbackCheck.up(host)) {
        RouteNames names = RouteNames.of(wanted, family);
        if (!there(host, names)) {
          findings.add(finding(names, host.routing(family).table(names.table())));
        }
      }
    }
    return findings;
  }

  /** Whether what has the mark is delivered, whatever its destination. */
  static boolean there(Host host, RouteNames names) throws IOException, InterruptedException {
    return names.deliver(host.routing(names.family()).table(names.table()));
  }

  private static Finding finding(RouteNames names, List<Route> routes) {
    String seen = routes.stream().map(route -> "\"" + route.text() + "\"").collect(joining(", "));
    return new Finding(
        FindingType.LOCAL_ROUTE_MISSING,
        names.familyName(),
        "Route table %d has no %s route that delivers everything locally%s."
            .formatted(names.table(), names.familyName(), seen.isEmpty() ? "" : ", only " + seen),
        "Intercepted "
            + names.familyName()
            + " packets get the mark, but nothing delivers them to the proxy: they are forwarded"
            + " past it or dropped.",
        names.ip("route replace " + names.route()));
  }
}
