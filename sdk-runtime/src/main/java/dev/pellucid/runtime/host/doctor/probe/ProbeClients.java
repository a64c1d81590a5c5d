package dev.pellucid.runtime.host.doctor.probe;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chooses in whose name probes speak. Nothing is guessed: of clients about whom nothing is known, a
 * probe in a wrong name would give a false alarm.
 */
final class ProbeClients {
  /** A shorter prefix says no more than that clients come from anywhere. */
  private static final int SHORTEST_PREFIX = 8;

  private final HostRequirements wanted;
  private final Neighbourhood neighbourhood;

  ProbeClients(HostRequirements wanted, Neighbourhood neighbourhood) {
    this.wanted = wanted;
    this.neighbourhood = neighbourhood;
  }

  /** A client whose connections a listener passes on to an upstream, by the client's name. */
  Optional<ProbeClient> towards(ListenerRequirements listener, InetAddress upstream) {
    if (listener.source() instanceof SourceAddress.Given given) {
      return Optional.of(given.address())
          .filter(address -> IpFamily.of(address) == IpFamily.of(upstream))
          .map(ProbeClient::of);
    }
    Optional<ProbeClient> named = named(IpFamily.of(upstream));
    if (named.isPresent()) {
      return named;
    }
    List<Cidr> networks = new ArrayList<>(sources(listener));
    if (networks.isEmpty()) {
      arrivals(listener, IpFamily.of(upstream)).forEach(link -> networks.add(link.network()));
    }
    // The upstream sends to its own network directly, though it may send to all others through us.
    return networks.stream()
        .filter(network -> IpFamily.of(network.address()) == IpFamily.of(upstream))
        .filter(network -> !network.contains(upstream))
        .flatMap(network -> neighbourhood.foreign(network).stream())
        .findFirst();
  }

  /** A client at one of this host's networks that a listener is there for. */
  Optional<ProbeClient> at(Neighbourhood.Link link, ListenerRequirements listener) {
    Optional<ProbeClient> named =
        named(IpFamily.of(link.local()))
            .filter(client -> link.network().contains(client.address()));
    if (named.isPresent()) {
      return named;
    }
    List<Cidr> sources = sources(listener);
    if (sources.isEmpty()) {
      return neighbourhood.unused(link.network());
    }
    return sources.stream()
        .flatMap(source -> intersection(source, link.network()).stream())
        .flatMap(network -> neighbourhood.unused(network).stream())
        .findFirst();
  }

  // Of two networks, one contains the other or they have nothing in common.
  private static Optional<Cidr> intersection(Cidr one, Cidr other) {
    if (one.prefixLength() > other.prefixLength()) {
      return intersection(other, one);
    }
    return one.contains(other.address()) ? Optional.of(other) : Optional.empty();
  }

  private Optional<ProbeClient> named(IpFamily family) {
    return wanted.probeClients().stream()
        .filter(address -> IpFamily.of(address) == family)
        .findFirst()
        .map(ProbeClient::of);
  }

  private List<Cidr> sources(ListenerRequirements listener) {
    return wanted.rules().intercepts().stream()
        .filter(intercept -> intercept.name().equals(listener.name()))
        .flatMap(intercept -> intercept.sources().stream())
        .filter(source -> source.prefixLength() >= SHORTEST_PREFIX)
        .toList();
  }

  // Without interfaces, the listener's own address tells where its clients come from, if it is one.
  private List<Neighbourhood.Link> arrivals(ListenerRequirements listener, IpFamily family) {
    return neighbourhood.links(listener.interfaces(), family).stream()
        .filter(
            link ->
                !listener.interfaces().isEmpty()
                    || link.local().equals(listener.address().getAddress()))
        .toList();
  }
}
