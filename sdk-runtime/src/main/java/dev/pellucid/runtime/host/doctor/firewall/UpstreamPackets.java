package dev.pellucid.runtime.host.doctor.firewall;

import static java.util.stream.Collectors.joining;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the proxy sends to upstreams in other names than its own. */
final class UpstreamPackets {

  /**
   * A packet that leaves.
   *
   * @param listener whose it is
   * @param packet the packet, with the interface by which it leaves
   * @param known whether it goes to a known upstream, or to whatever clients ask for
   * @param ports the ports of all packets like it
   */
  record Sent(String listener, Packet packet, boolean known, List<PortRange> ports) {

    /** The shell command that has a rule let alone all packets like it. */
    String exemption(RuleAt rule, Hook hook) {
      return known
          ? Exemption.ofDestination(packet).before(rule, hook)
          : ports.stream()
              .map(range -> Exemption.ofPortsLeavingBy(packet.outInterface(), packet, range))
              .map(exemption -> exemption.before(rule, hook))
              .collect(joining("\n"));
    }
  }

  private static final int FEW = 3;

  private final Firewall firewall;
  private final List<Sent> sent = new ArrayList<>();

  private UpstreamPackets(Firewall firewall) {
    this.firewall = firewall;
  }

  /** First packets, one from each kind of client to each upstream. Blocks: it asks for routes. */
  static List<Sent> of(Firewall firewall) throws IOException, InterruptedException {
    UpstreamPackets packets = new UpstreamPackets(firewall);
    for (ListenerRequirements listener : firewall.wanted().listeners()) {
      if (listener.spoofs()) {
        packets.add(listener);
      }
    }
    return packets.sent;
  }

  private void add(ListenerRequirements listener) throws IOException, InterruptedException {
    for (InetSocketAddress upstream : listener.upstreams()) {
      Optional<String> out = firewall.routes().towards(upstream.getAddress());
      if (out.isPresent()) {
        List<PortRange> port = List.of(PortRange.of(upstream.getPort()));
        for (InetAddress client : clients(listener, IpFamily.of(upstream.getAddress()))) {
          Packet packet = packet(listener, client, upstream, out.get());
          sent.add(new Sent(listener.name(), packet, true, port));
        }
      }
    }
    if (listener.upstreams().isEmpty()) {
      for (IpFamily family : IpFamily.values()) {
        for (Intercept intercept : firewall.packets().named(family, listener.name())) {
          originalDestinations(listener, intercept);
        }
      }
    }
  }

  // All clients to one destination behind each interface, and a few to the others.
  private void originalDestinations(ListenerRequirements listener, Intercept intercept)
      throws IOException, InterruptedException {
    Set<String> seen = new HashSet<>();
    List<InetAddress> all = clients(listener, PaperPackets.family(intercept));
    for (InetSocketAddress to : firewall.endpoints().destinations(intercept, "")) {
      List<InetAddress> clients =
          all.stream()
              .filter(
                  from ->
                      listener.source() instanceof SourceAddress.Given
                          || !inOneNetwork(from, to.getAddress()))
              .toList();
      for (String out : leaving(listener, to.getAddress())) {
        int count = seen.add(out) ? clients.size() : Math.min(FEW, clients.size());
        for (InetAddress client : clients.subList(0, count)) {
          Packet packet = packet(listener, client, to, out);
          sent.add(new Sent(listener.name(), packet, false, intercept.ports()));
        }
      }
    }
  }

  private Packet packet(
      ListenerRequirements listener, InetAddress from, InetSocketAddress to, String out) {
    Packet packet =
        PaperPackets.packet(
            listener.transport(),
            "",
            from,
            PaperPackets.CLIENT_PORT,
            to.getAddress(),
            to.getPort(),
            Owner.TRANSPARENT_SOCKET);
    return packet.withMark(firewall.senderMark()).on("", out);
  }

  private List<InetAddress> clients(ListenerRequirements listener, IpFamily family) {
    if (listener.source() instanceof SourceAddress.Given given) {
      return IpFamily.of(given.address()) == family ? List.of(given.address()) : List.of();
    }
    List<Intercept> intercepts = firewall.packets().named(family, listener.name());
    return List.copyOf(firewall.endpoints().clients(family, intercepts));
  }

  // Such clients do not pass by here on their way.
  private boolean inOneNetwork(InetAddress from, InetAddress to) {
    return firewall
        .around()
        .networkOf(from)
        .filter(network -> network.prefix().contains(to))
        .isPresent();
  }

  // Without a route to it, an example of what clients ask for stands for what is near.
  private Collection<String> leaving(ListenerRequirements listener, InetAddress to)
      throws IOException, InterruptedException {
    Optional<Surroundings.Network> near = firewall.around().networkOf(to);
    if (near.isPresent()) {
      return Stream.of(near.get().link())
          .filter(link -> !listener.interfaces().contains(link))
          .toList();
    }
    Optional<String> out = firewall.routes().towards(to);
    List<String> others =
        firewall.interfaces().names().stream()
            .filter(name -> !listener.interfaces().contains(name))
            .toList();
    return out.map(List::of).orElse(others);
  }
}
