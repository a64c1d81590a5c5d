package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.examination.FarAway;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import dev.pellucid.runtime.host.state.PolicyRule;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Examples of the hosts between which packets go, one of each network that this host or a routing
 * rule knows, and one far away.
 *
 * @param routing the routes and routing rules of a family
 * @param interfaces this host's
 */
record RoutedHosts(Routing routing, Interfaces interfaces) {

  /** This host's own addresses. */
  Stream<InetAddress> own() {
    return interfaces.list().stream()
        .flatMap(each -> each.routable(routing.family()).stream())
        .map(Interface.Address::address)
        .filter(address -> !address.isLoopbackAddress());
  }

  /** The interfaces by which traffic of others comes. */
  List<String> receiving() {
    return interfaces.receiving().names();
  }

  /** The interfaces by which an intercept's clients may come. */
  List<String> allowed(Intercept intercept) {
    return intercept.interfaces().isEmpty() ? receiving() : intercept.interfaces();
  }

  /** The interfaces by which an address sends, where the way to it tells that. */
  List<String> inputs(InetAddress from, List<String> allowed) {
    List<String> likely = links(from).stream().filter(allowed::contains).toList();
    return likely.isEmpty() ? allowed : likely;
  }

  /** The interfaces by which an address is reached. */
  List<String> links(InetAddress address) {
    return routing.main(address).stream().flatMap(route -> route.link().stream()).toList();
  }

  /** Clients of an intercept. Those on the networks of an interface are its likeliest. */
  Set<InetAddress> clients(Intercept intercept) {
    List<String> allowed = allowed(intercept);
    Set<InetAddress> clients = new LinkedHashSet<>();
    intercept.sources().forEach(network -> clients.add(network.address()));
    Stream.concat(routing.known().stream().map(Route::destination), named(PolicyRule::from))
        .map(Cidr::address)
        .filter(address -> contains(intercept.sources(), address))
        .filter(address -> !interfaces.owns(address))
        .filter(address -> links(address).stream().anyMatch(allowed::contains))
        .forEach(clients::add);
    if (clients.isEmpty()
        || (intercept.interfaces().isEmpty() && contains(intercept.sources(), far()))) {
      clients.add(far());
    }
    return clients;
  }

  /** Where clients that send by an interface could go. */
  Set<InetAddress> destinations(Intercept intercept, String input, List<InetAddress> upstreams) {
    Set<InetAddress> destinations = new LinkedHashSet<>();
    intercept.destinations().forEach(network -> destinations.add(network.address()));
    Stream.of(
            Stream.of(far()),
            upstreams.stream(),
            // The hosts of one network need no router between them.
            neighbours().filter(address -> !links(address).contains(input)),
            named(PolicyRule::to).map(Cidr::address))
        .flatMap(Function.identity())
        .filter(address -> contains(intercept.destinations(), address))
        .forEach(destinations::add);
    return destinations;
  }

  /** Servers, where no upstreams are known. */
  List<InetAddress> servers() {
    return Stream.of(
            neighbours(),
            named(PolicyRule::from)
                .map(Cidr::address)
                .filter(address -> !links(address).isEmpty() && !interfaces.owns(address)),
            // Last: where it sends from is not known so well.
            Stream.of(far()))
        .flatMap(Function.identity())
        .toList();
  }

  private Stream<InetAddress> neighbours() {
    return routing.known().stream()
        .filter(route -> route.gateway().isEmpty())
        .map(route -> route.destination().address());
  }

  /**
   * The networks that routing rules name. One that discards means what it says, wherever nobody
   * else has named the network.
   */
  private Stream<Cidr> named(Function<PolicyRule, Optional<Cidr>> network) {
    return routing.rules().stream()
        .filter(rule -> !rule.action().discards())
        .flatMap(rule -> network.apply(rule).stream());
  }

  /** Whether networks are not told, or one of them has an address. */
  static boolean contains(List<Cidr> networks, InetAddress address) {
    return networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(address));
  }

  /** A host far away. */
  InetAddress far() {
    return FarAway.server(routing.family());
  }
}
