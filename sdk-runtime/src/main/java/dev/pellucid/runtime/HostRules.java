package dev.pellucid.runtime;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.config.InterceptConfig;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.Cidr;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptionRules;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a configuration needs of its host. */
public final class HostRules {
  private HostRules() {}

  /** The rules that hand over what the listeners intercept, and bring upstreams' replies back. */
  public static InterceptionRules of(ProxyConfig config) {
    List<ListenerConfig> listeners = config.listeners();
    return new InterceptionRules(
        listeners.stream().map(HostRules::intercept).flatMap(Optional::stream).toList(),
        listeners.stream()
            .map(HostRules::divert)
            .flatMap(Optional::stream)
            .collect(Collectors.toSet()));
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
  private static Optional<Divert> divert(ListenerConfig listener) {
    SourceAddress source = listener.upstream().source();
    if (source instanceof SourceAddress.Proxy) {
      return Optional.empty();
    }
    InetAddress shown =
        source instanceof SourceAddress.Given given
            ? given.address()
            : listener.address().getAddress();
    return Optional.of(new Divert(IpFamily.of(shown), listener.transport()));
  }
}
