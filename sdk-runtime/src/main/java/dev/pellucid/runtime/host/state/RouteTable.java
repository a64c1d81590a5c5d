package dev.pellucid.runtime.host.state;

import static java.util.stream.Collectors.groupingBy;

import dev.pellucid.api.Cidr;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A route table. Finding a route takes as long in a table of thousands as in a small one. */
final class RouteTable {
  static final RouteTable EMPTY = new RouteTable(List.of());

  private final List<Route> routes;
  private final Map<Cidr, List<Route>> byDestination;
  private final List<Integer> prefixLengths;

  RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    this.byDestination = routes.stream().collect(groupingBy(Route::destination));
    this.prefixLengths =
        byDestination.keySet().stream()
            .map(Cidr::prefixLength)
            .distinct()
            .sorted(Comparator.reverseOrder())
            .toList();
  }

  /** All of its routes. */
  List<Route> routes() {
    return routes;
  }

  /** The routes for an address, the most specific first. */
  Stream<Route> towards(InetAddress destination) {
    return prefixLengths.stream()
        .map(length -> byDestination.getOrDefault(Cidr.of(destination, length), List.of()))
        .flatMap(List::stream);
  }
}
