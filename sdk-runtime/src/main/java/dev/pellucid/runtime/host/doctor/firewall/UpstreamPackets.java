package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the proxy sends to upstreams in other names than its own. */
final class UpstreamPackets {

  /**
   * A packet that leaves.
   *
   * @param listener whose it is
   * @param packet the packet, with the interface by which it leaves
   * @param known whether it goes to a known upstream, or to whatever clients ask for
   */
  record Sent(String listener, Packet packet, boolean known) {}

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
      add(listener, upstream, true);
    }
    if (listener.upstreams().isEmpty()) {
      for (InetSocketAddress destination : originalDestinations(listener)) {
        add(listener, destination, false);
      }
    }
  }

  private List<InetSocketAddress> originalDestinations(ListenerRequirements listener) {
    return Arrays.stream(IpFamily.values())
        .flatMap(family -> firewall.packets().named(family, listener.name()).stream())
        .flatMap(this::originalDestinations)
        .toList();
  }

  private Stream<InetSocketAddress> originalDestinations(Intercept intercept) {
    return firewall.packets().destinations(intercept).stream()
        .flatMap(
            address ->
                intercept.ports().stream()
                    .map(range -> new InetSocketAddress(address, range.first())));
  }

  private void add(ListenerRequirements listener, InetSocketAddress to, boolean known)
      throws IOException, InterruptedException {
    for (String out : leaving(listener, to.getAddress())) {
      for (InetAddress from : sources(listener, IpFamily.of(to.getAddress()))) {
        Packet packet =
            PaperPackets.packet(
                listener.transport(),
                "",
                from,
                PaperPackets.CLIENT_PORT,
                to.getAddress(),
                to.getPort(),
                Owner.TRANSPARENT_SOCKET);
        Packet marked = packet.withMark(firewall.senderMark());
        sent.add(new Sent(listener.name(), PaperPackets.on(marked, "", out), known));
      }
    }
  }

  private Collection<InetAddress> sources(ListenerRequirements listener, IpFamily family) {
    if (listener.source() instanceof SourceAddress.Given given) {
      return IpFamily.of(given.address()) == family ? List.of(given.address()) : List.of();
    }
    return firewall.packets().clients(family, listener.name());
  }

  // Without a route to it, an example of what clients ask for stands for what is near.
  private Collection<String> leaving(ListenerRequirements listener, InetAddress to)
      throws IOException, InterruptedException {
    Optional<String> out = firewall.routes().towards(to);
    List<String> others =
        firewall.interfaces().names().stream()
            .filter(name -> !listener.interfaces().contains(name))
            .toList();
    return out.map(List::of).orElse(listener.upstreams().isEmpty() ? others : List.of());
  }
}
