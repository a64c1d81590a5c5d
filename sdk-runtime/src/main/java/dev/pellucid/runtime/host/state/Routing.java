package dev.pellucid.runtime.host.state;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.IpFamily;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** How packets of one family find their way. */
public final class Routing {
  // A router has whole tables of networks, and checks try each with each.
  private static final int MAX_KNOWN = 64;

  private final IpFamily family;
  private final List<PolicyRule> rules;
  private final Map<Integer, RouteTable> tables;
  private final int leftOut;
  private final Map<InetAddress, Optional<Route>> asked = new HashMap<>();

  private Routing(
      IpFamily family, List<PolicyRule> rules, Map<Integer, RouteTable> tables, int leftOut) {
    this.family = family;
    this.rules = rules;
    this.tables = tables;
    this.leftOut = leftOut;
  }

  static Routing read(IpFamily family) throws IOException, InterruptedException {
    Readings<PolicyRule> rules = new Readings<>(PolicyRule::of);
    IpTool.each(rules, "", family.option(), "rule");
    RouteReadings routes = new RouteReadings(family);
    IpTool.each(routes, "", family.option(), "route", "show", "table", "all");
    Map<Integer, RouteTable> tables = new LinkedHashMap<>();
    routes.list().stream()
        .collect(groupingBy(Route::table, LinkedHashMap::new, toList()))
        .forEach((number, listed) -> tables.put(number, new RouteTable(listed)));
    return new Routing(family, rules.list(), tables, routes.leftOut());
  }

  /** The version of IP. */
  public IpFamily family() {
    return family;
  }

  /** The rules, in the order in which they are asked. */
  public List<PolicyRule> rules() {
    return rules;
  }

  /** The routes of all tables. */
  public Stream<Route> routes() {
    return tables.values().stream().flatMap(table -> table.routes().stream());
  }

  /** How many routes there are besides, which were too many to be kept. */
  public int leftOut() {
    return leftOut;
  }

  /** The routes of a table. */
  public List<Route> table(int number) {
    return tables.getOrDefault(number, RouteTable.EMPTY).routes();
  }

  /** The routes of a table for an address, the most specific first. */
  public Stream<Route> towards(InetAddress destination, int table) {
    return tables.getOrDefault(table, RouteTable.EMPTY).towards(destination);
  }

  /**
   * The main table's routes to certain networks and hosts: not those to wherever else. Of many, as
   * many as are examples enough, above all one of each next hop.
   */
  public List<Route> known() {
    List<Route> all =
        table(Route.MAIN_TABLE).stream()
            .filter(route -> route.type() == Route.Type.UNICAST)
            .filter(route -> route.destination().prefixLength() > 0)
            .filter(route -> !route.destination().address().isLinkLocalAddress())
            .toList();
    return all.size() <= MAX_KNOWN ? all : examples(all);
  }

  private static List<Route> examples(List<Route> routes) {
    Map<List<Object>, Route> byNextHop = new LinkedHashMap<>();
    routes.forEach(route -> byNextHop.putIfAbsent(List.of(route.gateway(), route.link()), route));
    return Stream.concat(byNextHop.values().stream(), routes.stream())
        .distinct()
        .limit(MAX_KNOWN)
        .toList();
  }

  /** The main table's routes that are the most specific for an address. */
  public List<Route> main(InetAddress destination) {
    List<Route> routes =
        towards(destination, Route.MAIN_TABLE)
            .filter(route -> route.type() == Route.Type.UNICAST)
            .toList();
    return routes.stream()
        .takeWhile(route -> route.destination().equals(routes.get(0).destination()))
        .toList();
  }

  /**
   * Asks the kernel by which route packets of this host leave.
   *
   * @param destination where they go; an address of this family
   * @return empty if there is none
   */
  public Optional<Route> lookup(InetAddress destination) throws IOException, InterruptedException {
    return lookup(List.of(destination)).getOrDefault(destination, Optional.empty());
  }

  /** The same for several at once, which takes no longer than for one. */
  public Map<InetAddress, Optional<Route>> lookup(Collection<InetAddress> destinations)
      throws IOException, InterruptedException {
    Set<InetAddress> unknown = new LinkedHashSet<>(destinations);
    unknown.removeAll(asked.keySet());
    if (!unknown.isEmpty()) {
      asked.putAll(ask(new ArrayList<>(unknown)));
    }
    Map<InetAddress, Optional<Route>> found = new LinkedHashMap<>();
    destinations.forEach(address -> found.put(address, asked.get(address)));
    return found;
  }

  /**
   * Asks the kernel by which route packets of a socket of this host leave that has one of its
   * addresses and ports.
   *
   * @param protocol {@code tcp} or {@code udp}
   * @param from the socket's own address
   * @return empty if there is none
   */
  public Optional<Route> reply(String protocol, InetSocketAddress from, InetAddress to)
      throws IOException, InterruptedException {
    Readings<Route> routes = new Readings<>(json -> Route.of(family, json));
    try {
      IpTool.each(
          routes,
          "",
          family.option(),
          "route",
          "get",
          to.getHostAddress(),
          "from",
          from.getAddress().getHostAddress(),
          "ipproto",
          protocol,
          "sport",
          Integer.toString(from.getPort()));
    } catch (HostCommandException e) {
      return Optional.empty();
    }
    return routes.list().stream().findFirst();
  }

  // Each is answered in turn. If there is no route to one of them, ip says so, but not to which.
  private Map<InetAddress, Optional<Route>> ask(List<InetAddress> addresses)
      throws IOException, InterruptedException {
    Readings<Route> routes = new Readings<>(json -> Route.of(family, json));
    String commands =
        addresses.stream()
            .map(each -> "route get " + each.getHostAddress() + "\n")
            .collect(joining());
    Map<InetAddress, Optional<Route>> found = new HashMap<>();
    try {
      IpTool.each(routes, commands, family.option(), "-batch", "-");
      if (routes.list().size() != addresses.size()) {
        throw new IOException("ip does not tell the routes to all of " + addresses);
      }
      for (int i = 0; i < addresses.size(); i++) {
        found.put(addresses.get(i), Optional.of(routes.list().get(i)));
      }
    } catch (HostCommandException e) {
      int half = addresses.size() / 2;
      if (half == 0) {
        return Map.of(addresses.get(0), Optional.empty());
      }
      found.putAll(ask(addresses.subList(0, half)));
      found.putAll(ask(addresses.subList(half, addresses.size())));
    }
    return found;
  }
}
