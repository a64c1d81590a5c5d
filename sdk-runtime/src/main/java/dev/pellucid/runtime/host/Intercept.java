package dev.pellucid.runtime.host;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The traffic that goes to one listener. An empty list matches everything, with one exception: no
 * interfaces are all but loopback, for what the host sends to itself stays untouched.
 *
 * @param name the listener's name, which the rules carry as a comment
 * @param mode how it gets there; with {@link InterceptMode#NONE} there is nothing to intercept
 * @param transport the transport protocol
 * @param listener where the proxy listens; its address family is the family of the traffic. Not at
 *     a loopback address with {@link InterceptMode#REDIRECT}
 * @param ports the destination ports, at least one; a foreign listener's own
 * @param interfaces the interfaces it arrives on
 * @param sources the networks it comes from
 * @param destinations the networks it goes to; a foreign listener's own address
 * @param localOutput whether what this host itself sends to others is intercepted too, unless it
 *     carries the {@linkplain RuleNames#proxyMark proxy's mark}
 * @param onProxyDown what happens to it while nothing listens; always a reset with {@link
 *     InterceptMode#REDIRECT}, never a bypass with local output, which has left its way by then
 */
public record Intercept(
    String name,
    InterceptMode mode,
    Transport transport,
    InetSocketAddress listener,
    List<PortRange> ports,
    List<String> interfaces,
    List<Cidr> sources,
    List<Cidr> destinations,
    boolean localOutput,
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
    requirePossible(name, mode, transport, listener.getAddress());
    requirePossible(name, mode, localOutput, onProxyDown);
    interfaces.forEach(Intercept::requireInterfaceName);
    requireSameFamily(name, listener.getAddress(), sources);
    requireSameFamily(name, listener.getAddress(), destinations);
    ports = List.copyOf(ports);
    interfaces = List.copyOf(interfaces);
    sources = List.copyOf(sources);
    destinations = List.copyOf(destinations);
  }

  /** TCP connections to some ports, from anywhere, by TPROXY; blocked while nothing listens. */
  public static Intercept tcp(String name, InetSocketAddress listener, List<PortRange> ports) {
    return tproxy(name, Transport.TCP, listener, ports);
  }

  /** UDP datagrams to some ports, from anywhere, by TPROXY; blocked while nothing listens. */
  public static Intercept udp(String name, InetSocketAddress listener, List<PortRange> ports) {
    return tproxy(name, Transport.UDP, listener, ports);
  }

  private static Intercept tproxy(
      String name, Transport transport, InetSocketAddress listener, List<PortRange> ports) {
    return of(name, InterceptMode.TPROXY, transport, listener, ports, OnProxyDown.BLOCK);
  }

  /** What goes to the address of a foreign listener; blocked while nothing listens. */
  public static Intercept foreign(String name, Transport transport, InetSocketAddress listener) {
    List<PortRange> port = List.of(PortRange.of(listener.getPort()));
    return of(name, InterceptMode.FOREIGN, transport, listener, port, OnProxyDown.BLOCK)
        .withDestinations(List.of(Cidr.of(listener.getAddress())));
  }

  /** TCP connections to some ports, from anywhere, by REDIRECT; reset while nothing listens. */
  public static Intercept redirect(String name, InetSocketAddress listener, List<PortRange> ports) {
    return of(name, InterceptMode.REDIRECT, Transport.TCP, listener, ports, OnProxyDown.RESET);
  }

  private static Intercept of(
      String name,
      InterceptMode mode,
      Transport transport,
      InetSocketAddress listener,
      List<PortRange> ports,
      OnProxyDown onProxyDown) {
    return new Intercept(
        name,
        mode,
        transport,
        listener,
        ports,
        List.of(),
        List.of(),
        List.of(),
        false,
        onProxyDown);
  }

  /** Only what arrives on these interfaces. */
  public Intercept withInterfaces(List<String> newInterfaces) {
    return with(newInterfaces, sources, destinations, localOutput, onProxyDown);
  }

  /** Only what comes from these networks. */
  public Intercept withSources(List<Cidr> newSources) {
    return with(interfaces, newSources, destinations, localOutput, onProxyDown);
  }

  /** Only what goes to these networks. */
  public Intercept withDestinations(List<Cidr> newDestinations) {
    return with(interfaces, sources, newDestinations, localOutput, onProxyDown);
  }

  /** Whether what this host itself sends to others is intercepted too. */
  public Intercept withLocalOutput(boolean newLocalOutput) {
    return with(interfaces, sources, destinations, newLocalOutput, onProxyDown);
  }

  /** What happens while nothing listens. */
  public Intercept withOnProxyDown(OnProxyDown newOnProxyDown) {
    return with(interfaces, sources, destinations, localOutput, newOnProxyDown);
  }

  private Intercept with(
      List<String> newInterfaces,
      List<Cidr> newSources,
      List<Cidr> newDestinations,
      boolean newLocalOutput,
      OnProxyDown newOnProxyDown) {
    return new Intercept(
        name,
        mode,
        transport,
        listener,
        ports,
        newInterfaces,
        newSources,
        newDestinations,
        newLocalOutput,
        newOnProxyDown);
  }

  IpFamily family() {
    return IpFamily.of(listener.getAddress());
  }

  /** The name, in characters that no tool takes amiss. */
  String comment() {
    return name.replaceAll("[^\\w.-]", "_");
  }

  /** What all tools call the transport protocol. */
  String protocol() {
    return transport.name().toLowerCase(Locale.ROOT);
  }

  private static void requirePossible(
      String name, InterceptMode mode, Transport transport, InetAddress listener) {
    if (mode == InterceptMode.NONE) {
      throw new IllegalArgumentException("listener " + name + " intercepts nothing");
    }
    if (mode == InterceptMode.REDIRECT && transport == Transport.UDP) {
      throw new IllegalArgumentException(
          "listener " + name + ": UDP cannot be redirected, for its destination would be lost");
    }
    if (mode == InterceptMode.REDIRECT && listener.isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "listener %s: the kernel drops what is redirected to the loopback address %s; listen at %s or at the address of an interface"
              .formatted(
                  name,
                  listener.getHostAddress(),
                  IpFamily.of(listener) == IpFamily.IPV4 ? "0.0.0.0" : "[::]"));
    }
    if (mode == InterceptMode.FOREIGN && listener.isAnyLocalAddress()) {
      throw new IllegalArgumentException("foreign listener " + name + " needs an address");
    }
  }

  private static void requirePossible(
      String name, InterceptMode mode, boolean localOutput, OnProxyDown onProxyDown) {
    if (mode == InterceptMode.REDIRECT && onProxyDown != OnProxyDown.RESET) {
      throw new IllegalArgumentException(
          "listener " + name + ": what is redirected is reset while the proxy is down");
    }
    if (localOutput && onProxyDown == OnProxyDown.BYPASS) {
      throw new IllegalArgumentException(
          "listener " + name + ": what this host itself sends cannot pass the proxy by");
    }
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
