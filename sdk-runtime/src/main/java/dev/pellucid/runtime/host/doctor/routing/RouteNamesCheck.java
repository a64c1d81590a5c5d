package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Cidr;
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
import java.util.Optional;

/** Nobody else uses the proxy's mark or its route table. */
public final class RouteNamesCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (wanted.diverts(family)) {
        RouteNames names = RouteNames.of(wanted, family);
        findings.addAll(rules(host, wanted, names));
        findings.addAll(routes(host.routing(family), wanted, names));
      }
    }
    return findings;
  }

  // Without the proxy's own rule, one that resembles it is a wrong one, and what takes marked
  // packets before it shadows it: see PolicyRuleCheck.
  private static List<Finding> rules(Host host, HostRequirements wanted, RouteNames names)
      throws IOException, InterruptedException {
    Routing routing = host.routing(names.family());
    boolean ownThere = PolicyRuleCheck.own(routing, names).isPresent();
    Optional<PolicyRule> shadowing = PolicyRuleCheck.shadowing(host, wanted, names);
    List<Finding> findings = new ArrayList<>();
    for (PolicyRule rule : routing.rules()) {
      if (names.marksOther(rule) && !shadowing.equals(Optional.of(rule))) {
        findings.add(rule(names, rule, "the proxy's mark", "mark"));
      } else if (ownThere && names.inTable(rule) && !names.looksUp(rule)) {
        findings.add(
            takesSpoofed(host, wanted, names, rule)
                ? spoofed(names, rule)
                : rule(names, rule, "the proxy's route table", "route-table"));
      }
    }
    return findings;
  }

  /** Whether a rule is the first that is for packets of the proxy in a client's name. */
  private static boolean takesSpoofed(
      Host host, HostRequirements wanted, RouteNames names, PolicyRule rule)
      throws IOException, InterruptedException {
    Routing routing = host.routing(names.family());
    RuleWalk walk =
        new RuleWalk(
            routing, new RouteNames(names.family(), wanted.rules().socketMark(), names.table()));
    return new MarkedPackets(wanted, routing, host.interfaces())
        .spoofed().stream()
            .anyMatch(packet -> walk.matches(rule, packet) && walk.takes(packet, rule).isEmpty());
  }

  private static Finding spoofed(RouteNames names, PolicyRule rule) {
    return new Finding(
        FindingType.SELF_INTERCEPTION,
        names.familyName(),
        "The %s rule %d \"%s\" uses the proxy's route table too, for packets without its mark."
            .formatted(names.familyName(), rule.priority(), rule.text()),
        "What the proxy sends to upstreams in its clients' names is delivered to this host itself.",
        cure(names.deleting(rule), "route-table"));
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
  private static List<Finding> routes(Routing routing, HostRequirements wanted, RouteNames names) {
    List<Route> routes = routing.table(names.table());
    if (!names.deliver(routes)) {
      return List.of();
    }
    return routes.stream()
        .filter(route -> route.type() != Route.Type.LOCAL && route.type() != Route.Type.OTHER)
        .map(route -> route(wanted, names, route))
        .toList();
  }

  /** Whether intercepted packets or upstreams' replies go to a network. */
  private static boolean wants(HostRequirements wanted, IpFamily family, Cidr network) {
    boolean spoofing = !wanted.spoofing(family).isEmpty();
    return wanted.handedOver(family).stream()
        .anyMatch(
            intercept ->
                overlaps(intercept.destinations(), network)
                    || (spoofing && overlaps(intercept.sources(), network)));
  }

  private static boolean overlaps(List<Cidr> networks, Cidr network) {
    return networks.isEmpty()
        || networks.stream()
            .anyMatch(each -> each.contains(network.address()) || network.contains(each.address()));
  }

  private static Finding route(HostRequirements wanted, RouteNames names, Route route) {
    return new Finding(
        wants(wanted, names.family(), route.destination())
            ? FindingType.LOCAL_ROUTE_MISSING
            : FindingType.NAME_TAKEN,
        names.familyName(),
        "The %s route \"%s\" is in the proxy's route table."
            .formatted(names.familyName(), route.text()),
        "Intercepted packets or upstreams' replies for "
            + route.destination()
            + " take that route instead of going to the proxy.",
        cure(names.ip("route del " + route.text()), "route-table"));
  }

  /** Deletes what is in the way, unless it is the proxy that has to give way. */
  static String cure(String deleting, String key) {
    return deleting + " # if another program needs it, change pellucid.rules." + key + " instead";
  }
}
