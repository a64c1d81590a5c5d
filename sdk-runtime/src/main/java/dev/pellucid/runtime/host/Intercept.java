package dev.pellucid.runtime.host;

import dev.pellucid.api.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The traffic that goes to one listener. An empty list matches everything, with one exception: no
 * interfaces are all but loopback, for what the host sends to itself stays untouched.
 *
 * @param name the listener's name, which the rules carry as a comment
 * @param transport the transport protocol
 * @param listener where the proxy listens; its address family is the family of the traffic
 * @param ports the destination ports, at least one
 * @param interfaces the interfaces it arrives on
 * @param sources the networks it comes from
 * @param destinations the networks it goes to
 * @param onProxyDown what happens to it while nothing listens
 */
public record Intercept(
    String name,
    Transport transport,
    InetSocketAddress listener,
    List<PortRange> ports,
    List<String> interfaces,
    List<Cidr> sources,
    List<Cidr> destinations,
    OnProxyDown onProxyDown) {

  private static final Pattern INTERFACE = Pattern.compile("[\\w.:@-]{1,15}");

  /** Refuses what cannot become a rule with an {@link IllegalArgumentException}. */
  public Intercept {
    if (listener.isUnresolved()) {
      throw new IllegalArgumentException("listener " + listener + " is not an address");
    }
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("listener " + name + " intercepts no port");
    }
    interfaces.forEach(Intercept::requireInterfaceName);
    requireSameFamily(name, listener.getAddress(), sources);
    requireSameFamily(name, listener.getAddress(), destinations);
    ports = List.copyOf(ports);
    interfaces = List.copyOf(interfaces);
    sources = List.copyOf(sources);
    destinations = List.copyOf(destinations);
  }

  /** TCP connections to some ports, from anywhere; blocked while nothing listens. */
  public static Intercept tcp(String name, InetSocketAddress listener, List<PortRange> ports) {
    return new Intercept(
        name, Transport.TCP, listener, ports, List.of(), List.of(), List.of(), OnProxyDown.BLOCK);
  }

  /** Only what arrives on these interfaces. */
  public Intercept withInterfaces(List<String> newInterfaces) {
    return new Intercept(
        name, transport, listener, ports, newInterfaces, sources, destinations, onProxyDown);
  }

  /** Only what comes from these networks. */
  public Intercept withSources(List<Cidr> newSources) {
    return new Intercept(
        name, transport, listener, ports, interfaces, newSources, destinations, onProxyDown);
  }

  /** Only what goes to these networks. */
  public Intercept withDestinations(List<Cidr> newDestinations) {
    return new Intercept(
        name, transport, listener, ports, interfaces, sources, newDestinations, onProxyDown);
  }

  /** What happens while nothing listens. */
  public Intercept withOnProxyDown(OnProxyDown newOnProxyDown) {
    return new Intercept(
        name, transport, listener, ports, interfaces, sources, destinations, newOnProxyDown);
  }

  IpFamily family() {
    return IpFamily.of(listener.getAddress());
  }

  /** The name, in characters that no tool takes amiss. */
  String comment() {
    return name.replaceAll("[^\\w.-]", "_");
  }

  private static void requireInterfaceName(String name) {
    if (!INTERFACE.matcher(name).matches()) {
      throw new IllegalArgumentException("\"" + name + "\" is not the name of an interface");
    }
  }

  private static void requireSameFamily(String name, InetAddress listener, List<Cidr> networks) {
    for (Cidr network : networks) {
      if (IpFamily.of(network.address()) != IpFamily.of(listener)) {
        throw new IllegalArgumentException(
            "listener %s at %s never sees traffic of %s: the address families differ"
                .formatted(name, listener.getHostAddress(), network));
      }
    }
  }
}
