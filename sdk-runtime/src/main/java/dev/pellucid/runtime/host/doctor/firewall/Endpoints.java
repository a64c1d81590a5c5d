package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.examination.FarAway;
import dev.pellucid.runtime.host.ruleset.Named;
import dev.pellucid.runtime.host.state.Interface;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The addresses and ports that stand for clients and for what they ask for. */
final class Endpoints {
  // Of what rules name, and of upstreams. Some hosts have thousands of rules, and this is asked
  // every minute.
  private static final int MAX_NAMED = 24;

  private final Surroundings around;
  private final Collection<InetAddress> upstreams;
  private final Map<List<Object>, Collection<InetSocketAddress>> destinations = new HashMap<>();

  /**
   * @param upstreams those that are known, for which clients may ask by themselves
   */
  Endpoints(Surroundings around, Collection<InetAddress> upstreams) {
    this.around = around;
    this.upstreams = upstreams;
  }

  /**
   * Where clients of an intercept want to go. The first one stands for anywhere.
   *
   * @param in where they come from: they do not pass by here on their way to its networks; empty
   *     for all
   */
  Collection<InetSocketAddress> destinations(Intercept intercept, String in) {
    // Each question asks again, and looking at all rules takes its time.
    return destinations.computeIfAbsent(List.of(intercept, in), key -> found(intercept, in));
  }

  private Collection<InetSocketAddress> found(Intercept intercept, String in) {
    List<InetAddress> addresses = addresses(intercept, in);
    InetAddress anywhere = addresses.get(0);
    int port = intercept.ports().get(0).first();
    Set<InetSocketAddress> all = new LinkedHashSet<>();
    for (PortRange range : intercept.ports()) {
      for (int each : List.of(range.first(), (range.first() + range.last()) / 2, range.last())) {
        all.add(new InetSocketAddress(anywhere, each));
      }
    }
    addresses.forEach(address -> all.add(new InetSocketAddress(address, port)));
    around.named().stream()
        .flatMap(rule -> named(rule, intercept, in, anywhere))
        .distinct()
        .filter(each -> !all.contains(each))
        .limit(MAX_NAMED)
        .toList()
        .forEach(all::add);
    return all;
  }

  /** Ports that rules name, whoever uses them. */
  List<Integer> namedPorts() {
    return around.named().stream()
        .flatMap(rule -> rule.ports().stream())
        .distinct()
        .limit(MAX_NAMED)
        .toList();
  }

  // What a rule names together, it may ask for together.
  private Stream<InetSocketAddress> named(
      Named rule, Intercept intercept, String in, InetAddress anywhere) {
    int port = intercept.ports().get(0).first();
    List<InetAddress> addresses =
        Stream.concat(
                rule.networks().stream()
                    .filter(network -> isAskedFor(intercept, network.address(), in))
                    .map(this::member)
                    .filter(address -> isAskedFor(intercept, address, in)),
                Stream.of(anywhere))
            .toList();
    List<Integer> ports =
        Stream.concat(
                rule.ports().stream()
                    .filter(each -> intercept.ports().stream().anyMatch(range -> has(range, each))),
                Stream.of(port))
            .toList();
    return addresses.stream()
        .flatMap(address -> ports.stream().map(each -> new InetSocketAddress(address, each)));
  }

  private List<InetAddress> addresses(Intercept intercept, String in) {
    if (!intercept.destinations().isEmpty()) {
      return intercept.destinations().stream().map(this::member).toList();
    }
    IpFamily family = PaperPackets.family(intercept);
    Stream<InetAddress> near =
        around.networks().stream().map(Surroundings.Network::prefix).map(this::member);
    return Stream.concat(
            Stream.of(FarAway.server(family)),
            Stream.concat(near, upstreams.stream().limit(MAX_NAMED))
                .filter(address -> IpFamily.of(address) == family)
                .filter(address -> isFromHereTo(address, in)))
        .distinct()
        .toList();
  }

  // Far away, a rule may name what is no server at all, such as the addresses of a cluster.
  private boolean isAskedFor(Intercept intercept, InetAddress address, String in) {
    if (IpFamily.of(address) != PaperPackets.family(intercept)) {
      return false;
    }
    return intercept.destinations().isEmpty()
        ? around.networkOf(address).isPresent() && isFromHereTo(address, in)
        : intercept.destinations().stream().anyMatch(network -> network.contains(address));
  }

  private boolean isFromHereTo(InetAddress address, String in) {
    return !around.interfaces().owns(address)
        && !address.isLoopbackAddress()
        && around
            .networkOf(address)
            .filter(
                network ->
                    network.link().equals(in)
                        || around.isBridge(network.link())
                        || isBroadcast(network.prefix(), address))
            .isEmpty();
  }

  private static boolean isBroadcast(Cidr network, InetAddress address) {
    return address instanceof Inet4Address
        && network.prefixLength() < 31
        && !network.contains(NextAddress.after(address));
  }

  private static boolean has(PortRange range, int port) {
    return PaperPackets.in(range, port);
  }

  /** The addresses that clients of an intercept come from by an interface. */
  List<InetAddress> sources(Intercept intercept, String in) {
    return intercept.sources().isEmpty()
        ? List.of(neighbour(PaperPackets.family(intercept), in))
        : intercept.sources().stream().map(this::member).toList();
  }

  /**
   * The addresses that upstreams see clients come from.
   *
   * @param intercepts those of one listener; without any, its clients come from anywhere
   */
  Collection<InetAddress> clients(IpFamily family, List<Intercept> intercepts) {
    Set<InetAddress> clients = new LinkedHashSet<>();
    List<Cidr> sources = intercepts.stream().flatMap(each -> each.sources().stream()).toList();
    if (sources.isEmpty()) {
      clients.add(FarAway.client(family));
    }
    sources.stream().map(this::member).forEach(clients::add);
    List<String> by = interfaces(intercepts);
    if (sources.isEmpty()) {
      by.forEach(in -> clients.add(neighbour(family, in)));
    }
    around.named().stream()
        .flatMap(rule -> rule.networks().stream())
        .filter(network -> IpFamily.of(network.address()) == family)
        .filter(network -> isClient(network.address(), sources, by))
        .map(this::member)
        .distinct()
        .limit(MAX_NAMED)
        .forEach(clients::add);
    return clients;
  }

  private boolean isClient(InetAddress address, List<Cidr> sources, List<String> by) {
    return sources.isEmpty()
        ? around.networkOf(address).filter(network -> by.contains(network.link())).isPresent()
            && !around.interfaces().owns(address)
        : sources.stream().anyMatch(network -> network.contains(address));
  }

  private List<String> interfaces(List<Intercept> intercepts) {
    List<String> named =
        intercepts.stream().flatMap(each -> each.interfaces().stream()).distinct().toList();
    return named.isEmpty()
        ? around.interfaces().names().stream().filter(name -> !around.isBridge(name)).toList()
        : named;
  }

  // Where an interface has a network of its own, clients come from there rather than from afar.
  private InetAddress neighbour(IpFamily family, String in) {
    return around.interfaces().named(in).stream()
        .flatMap(each -> each.routable(family).stream())
        .map(Interface.Address::network)
        .filter(network -> network.address().getAddress().length * 8 - network.prefixLength() > 1)
        .findFirst()
        .map(this::member)
        .orElse(FarAway.client(family));
  }

  /** An address of a network that is not this host's. */
  private InetAddress member(Cidr network) {
    InetAddress member = network.address();
    if (network.prefixLength() == member.getAddress().length * 8) {
      return member;
    }
    do {
      member = NextAddress.after(member);
    } while (around.interfaces().owns(member) && network.contains(NextAddress.after(member)));
    return member;
  }
}
