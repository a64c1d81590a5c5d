package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * An example of the packets that have to be delivered to the proxy. Where it may have any address,
 * one far away stands for all.
 *
 * @param from where it comes from
 * @param to where it goes
 * @param input the interface by which it comes in; empty: unknown
 */
record MarkedPacket(InetAddress from, InetAddress to, String input) {

  /** Examples of what a proxy intercepts, and of what upstreams reply. */
  static Set<MarkedPacket> of(HostRequirements wanted, Routing routing) {
    Set<MarkedPacket> packets = new LinkedHashSet<>();
    for (Intercept intercept : wanted.handedOver(routing.family())) {
      for (InetAddress from : clients(intercept, routing)) {
        for (InetAddress to : addresses(intercept.destinations(), routing.family())) {
          inputs(intercept).forEach(input -> packets.add(new MarkedPacket(from, to, input)));
        }
      }
    }
    for (ListenerRequirements listener : wanted.spoofing(routing.family())) {
      packets.addAll(replies(wanted, listener, routing));
    }
    return packets;
  }

  private static List<MarkedPacket> replies(
      HostRequirements wanted, ListenerRequirements listener, Routing routing) {
    List<MarkedPacket> packets = new ArrayList<>();
    List<InetAddress> clients =
        wanted.handedOver(routing.family()).stream()
            .filter(intercept -> intercept.name().equals(listener.name()))
            .flatMap(intercept -> clients(intercept, routing).stream())
            .toList();
    for (InetAddress upstream : upstreams(listener, routing.family())) {
      for (InetAddress client : clients.isEmpty() ? List.of(far(routing.family())) : clients) {
        packets.add(new MarkedPacket(upstream, client, ""));
      }
    }
    return packets;
  }

  private static List<String> inputs(Intercept intercept) {
    List<String> inputs = new ArrayList<>(intercept.interfaces());
    if (inputs.isEmpty()) {
      inputs.add("");
    }
    if (intercept.localOutput()) {
      inputs.add(LoopbackCheck.LOOPBACK);
    }
    return inputs;
  }

  // Clients on the networks of an interface are its likeliest.
  private static List<InetAddress> clients(Intercept intercept, Routing routing) {
    List<Cidr> near =
        routing.routes().stream()
            .filter(route -> route.type() == Route.Type.UNICAST)
            .filter(route -> route.link().filter(intercept.interfaces()::contains).isPresent())
            .map(Route::destination)
            .filter(network -> network.prefixLength() > 0)
            .filter(network -> !network.address().isLinkLocalAddress())
            .toList();
    return addresses(intercept.sources().isEmpty() ? near : intercept.sources(), routing.family());
  }

  private static List<InetAddress> upstreams(ListenerRequirements listener, IpFamily family) {
    List<InetAddress> upstreams =
        listener.upstreams().stream()
            .map(InetSocketAddress::getAddress)
            .filter(Objects::nonNull)
            .filter(address -> IpFamily.of(address) == family)
            .toList();
    return upstreams.isEmpty() ? List.of(far(family)) : upstreams;
  }

  private static List<InetAddress> addresses(List<Cidr> networks, IpFamily family) {
    return networks.isEmpty()
        ? List.of(far(family))
        : networks.stream().map(Cidr::address).toList();
  }

  // From the networks that are kept for documentation.
  private static InetAddress far(IpFamily family) {
    return Addresses.literal(family == IpFamily.IPV4 ? "203.0.113.1" : "2001:db8::1");
  }
}
