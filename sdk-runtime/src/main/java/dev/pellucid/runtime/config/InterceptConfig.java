package dev.pellucid.runtime.config;

import dev.pellucid.runtime.host.Cidr;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.PortRange;
import java.util.List;

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

  private static final Words<InterceptMode> MODES =
      Words.of(InterceptMode.class).except(List.of(InterceptMode.FOREIGN, InterceptMode.REDIRECT));
  private static final Words<OnProxyDown> ON_PROXY_DOWN =
      Words.of(OnProxyDown.class).except(List.of(OnProxyDown.RESET, OnProxyDown.BYPASS));

  /** Copies the lists. */
  public InterceptConfig {
    ports = List.copyOf(ports);
    interfaces = List.copyOf(interfaces);
    sources = List.copyOf(sources);
    destinations = List.copyOf(destinations);
  }

  static InterceptConfig read(Section section) {
    InterceptConfig intercept =
        new InterceptConfig(
            section.read("mode", MODES, InterceptMode.TPROXY),
            section.list("ports", Readings.PORTS),
            section.list("interfaces", Readings.INTERFACE),
            section.list("sources", Readings.NETWORK),
            section.list("destinations", Readings.NETWORK),
            section.read("local-output", Readings.TRUTH, false),
            section.read("on-proxy-down", ON_PROXY_DOWN, OnProxyDown.BLOCK));
    if (intercept.localOutput) {
      section.problem(
          "local-output", "true is not supported by this version yet; it must be false");
    }
    if (intercept.mode == InterceptMode.TPROXY && intercept.ports.isEmpty()) {
      section.note("ports", "no ports are listed, so `pellucid rules` sends nothing here");
    }
    return intercept;
  }
}
