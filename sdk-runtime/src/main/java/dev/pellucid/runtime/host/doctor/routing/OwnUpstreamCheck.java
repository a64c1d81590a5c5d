package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.FarAway;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What an upstream on this host replies to clients comes back to the proxy. It is sent here, and so
 * meets no rule that brings others' replies back: it leaves for the client, unless a routing rule
 * or a mark delivers it.
 */
public final class OwnUpstreamCheck implements Check {
  private static final int CLIENT_PORT = 40000;

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (ListenerRequirements listener : wanted.listeners()) {
      for (InetSocketAddress upstream : listener.upstreams()) {
        if (listener.spoofs()
            && host.owns(upstream.getAddress())
            && leaves(host, wanted, listener.transport(), upstream)) {
          findings.add(finding(host, wanted, listener.transport(), upstream));
        }
      }
    }
    return findings.stream().distinct().toList();
  }

  private static boolean leaves(
      Host host, HostRequirements wanted, Transport transport, InetSocketAddress upstream)
      throws IOException, InterruptedException {
    // A mark that connection tracking keeps may be what brings it back.
    if (host.ruleset().asksForConnectionMarks()) {
      return false;
    }
    for (InetAddress client : clients(host, wanted, IpFamily.of(upstream.getAddress()))) {
      if (comesBack(host, transport, upstream, client)) {
        return false;
      }
    }
    return true;
  }

  private static boolean comesBack(
      Host host, Transport transport, InetSocketAddress upstream, InetAddress client)
      throws IOException, InterruptedException {
    Routing routing = host.routing(IpFamily.of(client));
    Optional<Route> way = routing.reply(protocol(transport), upstream, client);
    return way.filter(route -> route.type() == Route.Type.LOCAL).isPresent()
        || mark(host, transport, upstream, client, way.flatMap(Route::link)) != 0;
  }

  private static int mark(
      Host host,
      Transport transport,
      InetSocketAddress upstream,
      InetAddress client,
      Optional<String> out)
      throws IOException, InterruptedException {
    Packet reply =
        new Packet(
            Packet.Protocol.valueOf(transport.name()),
            "",
            out.orElse(""),
            upstream.getAddress(),
            upstream.getPort(),
            client,
            CLIENT_PORT,
            false,
            Owner.NONE,
            0);
    return host.ruleset().walk(Hook.OUTPUT, reply, (packet, at) -> true).mark();
  }

  /** Examples of clients: if one is served, the others may be none. */
  private static Set<InetAddress> clients(Host host, HostRequirements wanted, IpFamily family)
      throws IOException, InterruptedException {
    RoutedHosts hosts = new RoutedHosts(host.routing(family), host.interfaces());
    Set<InetAddress> clients = new LinkedHashSet<>(List.of(FarAway.client(family)));
    wanted.handedOver(family).forEach(intercept -> clients.addAll(hosts.clients(intercept)));
    host.routing(family).known().forEach(route -> clients.add(route.destination().address()));
    return clients;
  }

  private static String protocol(Transport transport) {
    return switch (transport) {
      case TCP -> "tcp";
      case UDP -> "udp";
    };
  }

  private static Finding finding(
      Host host, HostRequirements wanted, Transport transport, InetSocketAddress upstream)
      throws IOException, InterruptedException {
    String address = upstream.getAddress().getHostAddress();
    RouteNames names = RouteNames.of(wanted, IpFamily.of(upstream.getAddress()));
    int table = freeTable(host.routing(names.family()), names.table());
    return new Finding(
        FindingType.RETURN_PATH,
        "upstream %s, port %d".formatted(address, upstream.getPort()),
        "The upstream at %s, port %d, is on this host, and what it replies to clients leaves this host."
            .formatted(address, upstream.getPort()),
        "Clients know nothing of such replies, and the proxy waits for them in vain. Other"
            + " upstreams' arrive here and are brought to the proxy; what this host sends itself is"
            + " not.",
        names.ip("route replace local default dev lo table " + table)
            + "\n"
            + names.ip(
                "rule add from %s iif lo ipproto %s sport %d lookup %d # who connects there without the proxy gets no answer then"
                    .formatted(address, protocol(transport), upstream.getPort(), table)));
  }

  /** A table after ours that has no routes, and that no rule looks in. */
  private static int freeTable(Routing routing, int ours) {
    return IntStream.iterate(ours + 1, table -> table + 1)
        .filter(table -> routing.table(table).isEmpty())
        .filter(table -> routing.rules().stream().noneMatch(rule -> rule.table() == table))
        .findFirst()
        .orElseThrow();
  }
}
