package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Interfaces;
import dev.pellucid.runtime.host.state.PolicyRule;
import dev.pellucid.runtime.host.state.Routing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Examples of the packets that have to be delivered to the proxy: what clients send, and what
 * upstreams reply to them. Where their addresses may be any, there is an example of each network
 * that this host or a routing rule knows, and of those far away.
 */
final class MarkedPackets {
  private static final int TCP = 6;
  private static final int UDP = 17;

  private final HostRequirements wanted;
  private final Routing routing;
  private final RoutedHosts hosts;

  MarkedPackets(HostRequirements wanted, Routing routing, Interfaces interfaces) {
    this.wanted = wanted;
    this.routing = routing;
    this.hosts = new RoutedHosts(routing, interfaces);
  }

  /** Where a packet comes from. */
  private record Sender(InetAddress address, String input) {}

  /** All of them. */
  Set<MarkedPacket> list() {
    Set<MarkedPacket> packets = new LinkedHashSet<>();
    for (Intercept intercept : wanted.handedOver(routing.family())) {
      for (Sender sender : distinct(senders(intercept), MarkedPackets::about)) {
        packets.addAll(asked(intercept, sender));
      }
    }
    for (ListenerRequirements listener : wanted.spoofing(routing.family())) {
      packets.addAll(replies(listener));
    }
    return packets;
  }

  /**
   * What the proxy sends to upstreams in its clients' names, without a mark; it comes from here.
   */
  List<MarkedPacket> spoofed() {
    return wanted.spoofing(routing.family()).stream()
        .flatMap(listener -> replies(listener).stream())
        .map(MarkedPackets::request)
        .toList();
  }

  private static MarkedPacket request(MarkedPacket reply) {
    return new MarkedPacket(
        reply.to(),
        reply.from(),
        LoopbackCheck.LOOPBACK,
        reply.protocol(),
        reply.toPort(),
        reply.fromPort());
  }

  private List<MarkedPacket> asked(Intercept intercept, Sender from) {
    List<MarkedPacket> packets = new ArrayList<>();
    for (InetAddress to : destinations(intercept, from.input())) {
      for (int port : ports(intercept.ports(), PolicyRule::destinationPorts)) {
        packets.add(
            new MarkedPacket(
                from.address(),
                to,
                from.input(),
                protocol(intercept.transport()),
                MarkedPacket.ANY_PORT,
                port));
      }
    }
    return packets;
  }

  private List<Sender> senders(Intercept intercept) {
    List<Sender> senders = new ArrayList<>();
    for (InetAddress client : hosts.clients(intercept)) {
      hosts
          .inputs(client, hosts.allowed(intercept))
          .forEach(input -> senders.add(new Sender(client, input)));
    }
    if (intercept.localOutput()) {
      hosts
          .own()
          .filter(address -> RoutedHosts.contains(intercept.sources(), address))
          .forEach(address -> senders.add(new Sender(address, LoopbackCheck.LOOPBACK)));
    }
    return senders;
  }

  private Set<InetAddress> destinations(Intercept intercept, String input) {
    List<InetAddress> upstreams =
        listeners(intercept.name())
            .flatMap(this::upstreams)
            .map(InetSocketAddress::getAddress)
            .toList();
    return hosts.destinations(intercept, input, upstreams);
  }

  private Stream<ListenerRequirements> listeners(String name) {
    return wanted.listeners().stream().filter(listener -> listener.name().equals(name));
  }

  private Set<MarkedPacket> replies(ListenerRequirements listener) {
    List<Intercept> intercepts =
        wanted.handedOver(routing.family()).stream()
            .filter(intercept -> intercept.name().equals(listener.name()))
            .toList();
    Set<InetAddress> clients = new LinkedHashSet<>();
    intercepts.forEach(intercept -> clients.addAll(hosts.clients(intercept)));
    if (clients.isEmpty()) {
      clients.add(hosts.far());
    }
    List<InetSocketAddress> upstreams = upstreams(listener).toList();
    if (!upstreams.isEmpty()) {
      Set<MarkedPacket> packets = new LinkedHashSet<>();
      for (InetSocketAddress upstream : upstreams) {
        List<PortRange> ports = List.of(PortRange.of(upstream.getPort()));
        for (Sender from : senders(List.of(upstream.getAddress()))) {
          packets.addAll(replies(listener, from, ports, clients));
        }
      }
      return packets;
    }
    List<PortRange> ports = intercepts.stream().flatMap(each -> each.ports().stream()).toList();
    Set<MarkedPacket> packets = new LinkedHashSet<>();
    for (Sender from : senders(hosts.servers())) {
      List<InetAddress> elsewhere =
          clients.stream().filter(client -> !hosts.links(client).contains(from.input())).toList();
      packets.addAll(replies(listener, from, ports, elsewhere));
    }
    return packets;
  }

  private Collection<Sender> senders(List<InetAddress> servers) {
    List<String> receiving = hosts.receiving();
    return distinct(
        servers.stream()
            .flatMap(
                server ->
                    hosts.inputs(server, receiving).stream().map(link -> new Sender(server, link)))
            .toList(),
        MarkedPackets::about);
  }

  private List<MarkedPacket> replies(
      ListenerRequirements listener,
      Sender from,
      List<PortRange> serverPorts,
      Collection<InetAddress> clients) {
    List<MarkedPacket> packets = new ArrayList<>();
    for (int port : ports(serverPorts, PolicyRule::sourcePorts)) {
      for (InetAddress client : clients) {
        packets.add(
            new MarkedPacket(
                from.address(),
                client,
                from.input(),
                protocol(listener.transport()),
                port,
                MarkedPacket.ANY_PORT));
      }
    }
    return packets;
  }

  private Stream<InetSocketAddress> upstreams(ListenerRequirements listener) {
    return listener.upstreams().stream()
        .filter(upstream -> IpFamily.of(upstream.getAddress()) == routing.family());
  }

  /** The first of each range, and those that rules are about. */
  private Collection<Integer> ports(
      List<PortRange> ranges, Function<PolicyRule, Optional<PortRange>> condition) {
    List<Integer> ports = new ArrayList<>();
    for (PortRange range : ranges) {
      ports.add(range.first());
      routing.rules().stream()
          .flatMap(rule -> condition.apply(rule).stream())
          .map(PortRange::first)
          .filter(port -> RuleWalk.has(range, port))
          .forEach(ports::add);
    }
    return ports.isEmpty()
        ? List.of(MarkedPacket.ANY_PORT)
        : distinct(
            ports,
            (rule, port) ->
                condition.apply(rule).filter(range -> RuleWalk.has(range, port)).isPresent());
  }

  private static boolean about(PolicyRule rule, Sender sender) {
    return rule.from().map(network -> network.contains(sender.address())).orElse(true)
        && rule.input().map(sender.input()::equals).orElse(true);
  }

  /** One of those about which no rule makes a difference: on a large host, they are many. */
  private <T> Collection<T> distinct(List<T> all, BiPredicate<PolicyRule, T> about) {
    Map<List<Boolean>, T> distinct = new LinkedHashMap<>();
    for (T each : all) {
      distinct.putIfAbsent(
          routing.rules().stream().map(rule -> about.test(rule, each)).toList(), each);
    }
    return distinct.values();
  }

  private static int protocol(Transport transport) {
    return switch (transport) {
      case TCP -> TCP;
      case UDP -> UDP;
    };
  }
}
