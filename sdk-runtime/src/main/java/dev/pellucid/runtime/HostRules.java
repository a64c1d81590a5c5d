package dev.pellucid.runtime;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.config.InterceptConfig;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptionRules;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a configuration needs of its host. */
public final class HostRules {
  private HostRules() {}

  /** The rules that hand over what the listeners intercept, and bring upstreams' replies back. */
  public static InterceptionRules of(ProxyConfig config) {
    List<ListenerConfig> listeners = config.listeners();
    return new InterceptionRules(
        listeners.stream().map(HostRules::intercept).flatMap(Optional::stream).toList(),
        listeners.stream().flatMap(HostRules::diverts).collect(Collectors.toSet()));
  }

  /** The mark of the proxy's own sockets, or 0 if nothing would take them for another's. */
  static int ownMark(ProxyConfig config) {
    boolean localOutput =
        config.listeners().stream().anyMatch(listener -> listener.intercept().localOutput());
    return localOutput ? InterceptionRules.OWN_MARK : 0;
  }

  private static Optional<Intercept> intercept(ListenerConfig listener) {
    InterceptConfig intercept = listener.intercept();
    return switch (intercept.mode()) {
      case NONE -> Optional.empty();
      case FOREIGN ->
          Optional.of(
              intercept(
                  listener,
                  List.of(PortRange.of(listener.address().getPort())),
                  List.of(Cidr.of(listener.address().getAddress()))));
      case TPROXY, REDIRECT ->
          intercept.ports().isEmpty()
              ? Optional.empty()
              : Optional.of(intercept(listener, intercept.ports(), intercept.destinations()));
    };
  }

  private static Intercept intercept(
      ListenerConfig listener, List<PortRange> ports, List<Cidr> destinations) {
    InterceptConfig intercept = listener.intercept();
    return new Intercept(
        listener.name(),
        intercept.mode(),
        listener.transport(),
        listener.address(),
        ports,
        intercept.interfaces(),
        intercept.sources(),
        destinations,
        intercept.localOutput(),
        intercept.onProxyDown());
  }

  /** What upstreams send to addresses that are not this host's. */
  private static Stream<Divert> diverts(ListenerConfig listener) {
    return families(listener).map(family -> new Divert(family, listener.transport()));
  }

  private static Stream<IpFamily> families(ListenerConfig listener) {
    SourceAddress source = listener.upstream().source();
    if (source instanceof SourceAddress.Proxy) {
      return Stream.empty();
    }
    if (source instanceof SourceAddress.Given given) {
      return Stream.of(IpFamily.of(given.address()));
    }
    // A PROXY protocol header may name a client of either family.
    return listener.proxyProtocol() == ProxyProtocol.NONE
        ? Stream.of(IpFamily.of(listener.address().getAddress()))
        : Stream.of(IpFamily.values());
  }
}
