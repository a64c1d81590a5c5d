package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.PolicyRule;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Nobody else uses the proxy's mark or its route table. */
public final class RouteNamesCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (wanted.diverts(family)) {
        RouteNames names = RouteNames.of(wanted, family);
        findings.addAll(rules(host.routing(family), names));
        findings.addAll(routes(host.routing(family), names));
      }
    }
    return findings;
  }

  // Without the proxy's own rule, one that resembles it is a wrong one: see PolicyRuleCheck.
  private static List<Finding> rules(Routing routing, RouteNames names) {
    boolean ownThere = PolicyRuleCheck.own(routing, names).isPresent();
    List<Finding> findings = new ArrayList<>();
    for (PolicyRule rule : routing.rules()) {
      if (names.marksOther(rule)) {
        findings.add(rule(names, rule, "the proxy's mark", "mark"));
      } else if (ownThere && names.inTable(rule) && !names.looksUp(rule)) {
        findings.add(rule(names, rule, "the proxy's route table", "route-table"));
      }
    }
    return findings;
  }

  private static Finding rule(RouteNames names, PolicyRule rule, String what, String key) {
    return new Finding(
        FindingType.NAME_TAKEN,
        names.familyName(),
        "The %s rule %d \"%s\" uses %s too."
            .formatted(names.familyName(), rule.priority(), rule.text(), what),
        "Traffic of another program would be delivered to the proxy, or the proxy's to it.",
        cure(names.deleting(rule), key));
  }

  // Without the proxy's own route, others are wrong ones: see LocalRouteCheck.
  private static List<Finding> routes(Routing routing, RouteNames names) {
    List<Route> routes = routing.table(names.table());
    if (routes.stream().noneMatch(names::delivers)) {
      return List.of();
    }
    return routes.stream()
        .filter(route -> route.type() != Route.Type.LOCAL && route.type() != Route.Type.OTHER)
        .map(route -> route(names, route))
        .toList();
  }

  private static Finding route(RouteNames names, Route route) {
    return new Finding(
        FindingType.NAME_TAKEN,
        names.familyName(),
        "The %s route \"%s\" is in the proxy's route table."
            .formatted(names.familyName(), route.text()),
        "Intercepted packets or upstreams' replies for "
            + route.destination()
            + " take that route instead of going to the proxy.",
        cure(names.ip("route del " + route.text()), "route-table"));
  }

  private static String cure(String deleting, String key) {
    return deleting + " # if another program needs it, change pellucid.rules." + key + " instead";
  }
}
