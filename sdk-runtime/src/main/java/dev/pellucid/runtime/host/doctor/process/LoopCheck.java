package dev.pellucid.runtime.host.doctor.process;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the proxy would meet itself: as its own upstream, or where its host is the client. */
public final class LoopCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (ListenerRequirements listener : wanted.listeners()) {
      upstream(host, wanted, listener).ifPresent(findings::add);
      client(wanted, listener).ifPresent(findings::add);
    }
    return findings;
  }

  /** A listener may well hand over to another one; but not to itself in the end. */
  private static Optional<Finding> upstream(
      Host host, HostRequirements wanted, ListenerRequirements listener)
      throws IOException, InterruptedException {
    for (InetSocketAddress upstream : listener.upstreams()) {
      for (ListenerRequirements next : at(host, wanted, listener, upstream)) {
        if (leads(host, wanted, next, listener, new HashSet<>())) {
          return Optional.of(upstreamIsProxy(listener, upstream, next));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean leads(
      Host host,
      HostRequirements wanted,
      ListenerRequirements from,
      ListenerRequirements to,
      Set<ListenerRequirements> seen)
      throws IOException, InterruptedException {
    if (from.equals(to)) {
      return true;
    }
    for (InetSocketAddress upstream :
        seen.add(from) ? from.upstreams() : List.<InetSocketAddress>of()) {
      for (ListenerRequirements next : at(host, wanted, from, upstream)) {
        if (leads(host, wanted, next, to, seen)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The listeners that what {@code from} sends to an address comes to. */
  private static List<ListenerRequirements> at(
      Host host, HostRequirements wanted, ListenerRequirements from, InetSocketAddress upstream)
      throws IOException, InterruptedException {
    List<ListenerRequirements> found = new ArrayList<>();
    for (ListenerRequirements listener : wanted.listeners()) {
      if (listener.transport() == from.transport()
          && listener.address().getPort() == upstream.getPort()
          && takes(host, listener.address().getAddress(), upstream.getAddress())) {
        found.add(listener);
      }
    }
    return found;
  }

  private static boolean takes(Host host, InetAddress listener, InetAddress upstream)
      throws IOException, InterruptedException {
    return listener.equals(upstream)
        || (listener.isAnyLocalAddress()
            && listener.getClass() == upstream.getClass()
            && host.owns(upstream));
  }

  private static Finding upstreamIsProxy(
      ListenerRequirements listener, InetSocketAddress upstream, ListenerRequirements next) {
    return new Finding(
        FindingType.UPSTREAM_IS_PROXY,
        "listener " + listener.name(),
        "Its upstream %s:%d is listener %s of this proxy, which leads back to it."
            .formatted(upstream.getAddress().getHostAddress(), upstream.getPort(), next.name()),
        "A connection would go round in the proxy, opening one more each time, until max-connections or all descriptors are used up.",
        "# take %s:%d out of upstream.pool of listener %s"
            .formatted(
                upstream.getAddress().getHostAddress(), upstream.getPort(), listener.name()));
  }

  private static Optional<Finding> client(HostRequirements wanted, ListenerRequirements listener) {
    boolean own =
        wanted.rules().intercepts().stream()
            .filter(intercept -> intercept.name().equals(listener.name()))
            .anyMatch(Intercept::localOutput);
    if (!own || !(listener.source() instanceof SourceAddress.ClientIpPort)) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            FindingType.CLIENT_IS_PROXY,
            "listener " + listener.name(),
            "It intercepts what this host itself sends, and its upstreams are to see the client's address and port.",
            "A program on this host holds its port itself, so the proxy cannot have it too: the program's connections end with source-unavailable.",
            "# set upstream.source of listener %s to client-ip or proxy, or intercept.local-output to false"
                .formatted(listener.name())));
  }
}
