package dev.pellucid.runtime.host.doctor.routing;

import static java.util.stream.Collectors.joining;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether there is a way to each upstream. */
public final class RouteCheck implements Check {
  private static final Set<Route.Type> DISCARDING =
      Set.of(Route.Type.UNREACHABLE, Route.Type.BLACKHOLE, Route.Type.PROHIBIT);

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      List<InetAddress> upstreams = upstreams(wanted, family);
      if (!upstreams.isEmpty()) {
        unreached(host.routing(family), upstreams)
            .forEach((route, unreached) -> findings.add(finding(family, route, unreached)));
      }
    }
    return findings;
  }

  /** The upstreams that cannot be reached, by the route that discards what goes there. */
  private static Map<Optional<Route>, List<String>> unreached(
      Routing routing, List<InetAddress> upstreams) throws IOException, InterruptedException {
    Map<Optional<Route>, List<String>> unreached = new LinkedHashMap<>();
    routing
        .lookup(upstreams)
        .forEach(
            (upstream, way) -> {
              if (discarded(way)) {
                unreached
                    .computeIfAbsent(discarding(routing, upstream), route -> new ArrayList<>())
                    .add(upstream.getHostAddress());
              }
            });
    return unreached;
  }

  // A link-local address says nothing without its interface, which it names itself.
  private static List<InetAddress> upstreams(HostRequirements wanted, IpFamily family) {
    return wanted.listeners().stream()
        .flatMap(listener -> listener.upstreams().stream())
        .map(InetSocketAddress::getAddress)
        .filter(address -> IpFamily.of(address) == family && !address.isLinkLocalAddress())
        .distinct()
        .toList();
  }

  // For IPv4, ip fails then; for IPv6, it prints the route.
  private static boolean discarded(Optional<Route> route) {
    return route.isEmpty() || DISCARDING.contains(route.get().type());
  }

  /** The route that discards what goes there. */
  private static Optional<Route> discarding(Routing routing, InetAddress upstream) {
    return routing
        .routes()
        .filter(route -> DISCARDING.contains(route.type()))
        .filter(route -> route.destination().contains(upstream))
        .max(Comparator.comparingInt(route -> route.destination().prefixLength()));
  }

  private static Finding finding(IpFamily family, Optional<Route> route, List<String> upstreams) {
    String ip = "ip " + family.option() + " route ";
    String all = String.join(", ", upstreams);
    return new Finding(
        FindingType.NO_ROUTE,
        "upstream " + all,
        route
            .map(found -> "The route `%s` discards what goes to %s.".formatted(found.text(), all))
            .orElse("This host has no route to " + all + "."),
        "The proxy cannot connect there, and clients that are sent there get no answer.",
        route
            .map(found -> ip + "del " + found.text())
            .orElse(
                upstreams.stream()
                    .map(
                        each ->
                            "# tell this host the way: `" + ip + "add " + each + " via GATEWAY`")
                    .collect(joining("\n"))));
  }
}
