package dev.pellucid.runtime.host.state;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.IpFamily;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How packets of one family find their way.
 *
 * @param family the version of IP
 * @param rules the rules, in the order in which they are asked
 * @param routes the routes of all tables
 */
public record Routing(IpFamily family, List<PolicyRule> rules, List<Route> routes) {

  static Routing read(IpFamily family) throws IOException, InterruptedException {
    return new Routing(
        family,
        readable(IpTool.list(family.option(), "rule"), PolicyRule::of),
        readable(
            IpTool.list(family.option(), "route", "show", "table", "all"),
            json -> Route.of(family, json)));
  }

  // An odd one, such as a route for IPv4 addresses in IPv6, hides no others.
  private static <T> List<T> readable(List<Config> listed, Function<Config, T> reading)
      throws IOException {
    List<T> read = new ArrayList<>();
    RuntimeException unreadable = new IllegalArgumentException();
    for (Config json : listed) {
      try {
        read.add(reading.apply(json));
      } catch (ConfigException | IllegalArgumentException e) {
        unreadable = e;
      }
    }
    if (read.isEmpty() && !listed.isEmpty()) {
      throw new IOException(
          "ip prints rules or routes that cannot be read: " + unreadable.getMessage(), unreadable);
    }
    return read;
  }

  /** The routes of a table. */
  public List<Route> table(int number) {
    return routes.stream().filter(route -> route.table() == number).toList();
  }

  /** The main table's routes to certain networks and hosts: not those to wherever else. */
  public List<Route> known() {
    return table(Route.MAIN_TABLE).stream()
        .filter(route -> route.type() == Route.Type.UNICAST)
        .filter(route -> route.destination().prefixLength() > 0)
        .filter(route -> !route.destination().address().isLinkLocalAddress())
        .toList();
  }

  /** The main table's routes that are the most specific for an address. */
  public List<Route> main(InetAddress destination) {
    List<Route> routes =
        table(Route.MAIN_TABLE).stream()
            .filter(route -> route.type() == Route.Type.UNICAST)
            .filter(route -> route.destination().contains(destination))
            .toList();
    int longest =
        routes.stream().mapToInt(route -> route.destination().prefixLength()).max().orElse(0);
    return routes.stream().filter(route -> route.destination().prefixLength() == longest).toList();
  }

  /**
   * Asks the kernel by which route packets of this host leave.
   *
   * @param destination where they go; an address of this family
   * @return empty if there is none
   */
  public Optional<Route> lookup(InetAddress destination) throws IOException, InterruptedException {
    try {
      return IpTool.list(family.option(), "route", "get", destination.getHostAddress()).stream()
          .map(json -> Route.of(family, json))
          .findFirst();
    } catch (HostCommandException e) {
      return Optional.empty();
    }
  }
}
