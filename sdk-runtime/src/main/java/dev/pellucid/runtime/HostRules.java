package dev.pellucid.runtime;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.runtime.config.InterceptConfig;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.config.UpstreamConfig;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a configuration needs of its host. */
public final class HostRules {
  private HostRules() {}

  /**
   * The rules that hand over what the listeners intercept, and bring upstreams' replies back. Those
   * for clients that only a PROXY protocol header can name are left out where this host, as the
   * calling thread sees it, has no such addresses.
   */
  public static Rules of(ProxyConfig config) {
    return of(config, IpFamily::available);
  }

  static Rules of(ProxyConfig config, Predicate<IpFamily> available) {
    List<ListenerConfig> listeners = config.listeners();
    return Rules.of(listeners.stream().map(HostRules::intercept).flatMap(Optional::stream).toList())
        .withDiverts(
            listeners.stream()
                .flatMap(listener -> diverts(listener, available))
                .collect(Collectors.toSet()))
        .withNames(config.rules());
  }

  /**
   * What a proxy with that configuration asks of its host.
   *
   * @param applyCommand the shell command that applies {@link #of its rules}
   */
  public static HostRequirements requirements(ProxyConfig config, String applyCommand) {
    return new HostRequirements(
        of(config),
        config.listeners().stream().map(HostRules::requirements).toList(),
        applyCommand);
  }

  private static ListenerRequirements requirements(ListenerConfig listener) {
    return new ListenerRequirements(
        listener.name(),
        listener.transport(),
        listener.address(),
        listener.intercept().mode(),
        listener.intercept().interfaces(),
        !listener.intercept().sources().isEmpty() || !listener.intercept().destinations().isEmpty(),
        listener.maxConnections(),
        BindSettings.create(listener.address()).backlog(),
        listener.upstream().source(),
        upstreams(listener.upstream()));
  }

  private static List<InetSocketAddress> upstreams(UpstreamConfig upstream) {
    return Stream.concat(upstream.pool().stream(), upstream.pools().values().stream())
        .flatMap(pool -> pool.upstreams().stream())
        .map(Upstream::address)
        .distinct()
        .toList();
  }

  /** The mark of the proxy's own sockets, or 0 if nothing would take them for another's. */
  static int ownMark(ProxyConfig config) {
    return of(config).socketMark();
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
        narrowing(intercept.sources()),
        narrowing(destinations),
        intercept.localOutput(),
        intercept.onProxyDown());
  }

  /** Networks that are all of a family say no more than that the family is meant. */
  private static List<Cidr> narrowing(List<Cidr> networks) {
    return networks.stream().anyMatch(network -> network.prefixLength() == 0)
        ? List.of()
        : networks;
  }

  /** What upstreams send to addresses that are not this host's. */
  private static Stream<Divert> diverts(ListenerConfig listener, Predicate<IpFamily> available) {
    return families(listener, available).map(family -> new Divert(family, listener.transport()));
  }

  private static Stream<IpFamily> families(ListenerConfig listener, Predicate<IpFamily> available) {
    SourceAddress source = listener.upstream().source();
    if (source instanceof SourceAddress.Proxy) {
      return Stream.empty();
    }
    if (source instanceof SourceAddress.Given given) {
      return Stream.of(IpFamily.of(given.address()));
    }
    IpFamily own = IpFamily.of(listener.address().getAddress());
    // A PROXY protocol header may name a client of either family.
    return listener.proxyProtocol() == ProxyProtocol.NONE
        ? Stream.of(own)
        : Arrays.stream(IpFamily.values())
            .filter(family -> family == own || available.test(family));
  }
}
