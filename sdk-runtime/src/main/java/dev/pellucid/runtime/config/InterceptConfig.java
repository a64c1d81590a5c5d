package dev.pellucid.runtime.config;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.PortRange;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * What comes to a listener, and how.
 *
 * @param mode how
 * @param ports the destination ports that the rules send here
 * @param interfaces the interfaces it arrives on; empty: any
 * @param sources the networks it comes from; empty: any
 * @param destinations the networks it goes to; empty: any
 * @param localOutput whether what this host itself sends is intercepted too
 * @param onProxyDown what happens to it while nothing listens
 */
public record InterceptConfig(
    InterceptMode mode,
    List<PortRange> ports,
    List<String> interfaces,
    List<Cidr> sources,
    List<Cidr> destinations,
    boolean localOutput,
    OnProxyDown onProxyDown) {

  /** Copies the lists. */
  public InterceptConfig {
    ports = List.copyOf(ports);
    interfaces = List.copyOf(interfaces);
    sources = List.copyOf(sources);
    destinations = List.copyOf(destinations);
  }

  static InterceptConfig read(
      Section section, Transport transport, Optional<InetSocketAddress> listener) {
    InterceptMode mode = section.read("mode", Words.of(InterceptMode.class), InterceptMode.TPROXY);
    OnProxyDown usual = mode == InterceptMode.REDIRECT ? OnProxyDown.RESET : OnProxyDown.BLOCK;
    InterceptConfig intercept =
        new InterceptConfig(
            mode,
            section.list("ports", Readings.PORTS),
            section.list("interfaces", Readings.INTERFACE),
            section.list("sources", Readings.NETWORK),
            section.list("destinations", Readings.NETWORK),
            section.read("local-output", Readings.TRUTH, false),
            section.read("on-proxy-down", Words.of(OnProxyDown.class), usual));
    InterceptChecks checks = new InterceptChecks(section, intercept);
    checks.ofTheMode(transport);
    checks.whenTheProxyIsDown();
    listener.map(InetSocketAddress::getAddress).ifPresent(checks::ofTheListener);
    return intercept;
  }
}
