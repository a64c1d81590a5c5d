package dev.pellucid.runtime.config;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.IpFamily;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A listener and all that follows it.
 *
 * @param name its name: letters, digits, {@code _} and {@code -}
 * @param transport what it accepts
 * @param address where it listens
 * @param maxConnections how many connections may be open at once
 * @param proxyProtocol the header with which each connection has to begin
 * @param intercept what comes to it
 * @param filters what may pass, in this order
 * @param upstream where it goes
 * @param timeouts its time limits
 * @param accessLog what records it
 */
public record ListenerConfig(
    String name,
    Transport transport,
    InetSocketAddress address,
    int maxConnections,
    ProxyProtocol proxyProtocol,
    InterceptConfig intercept,
    List<PluginSettings> filters,
    UpstreamConfig upstream,
    TimeoutsConfig timeouts,
    PluginSettings accessLog) {

  /** Rules and metrics carry names, so they have to be harmless everywhere. */
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the name has other characters, or more than 32
   */
  public ListenerConfig {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a listener's name has 1 to 32 letters, digits, _ or -, not \"" + name + "\"");
    }
    filters = List.copyOf(filters);
  }

  /**
   * The family that upstreams have to be of, to see the address they are shown; empty if any will
   * do.
   */
  public Optional<IpFamily> upstreamFamily() {
    return Sources.shown(upstream.source(), Optional.of(address)).map(IpFamily::of);
  }

  /** The versions of the PROXY protocol that a transport can have. */
  static Reading<ProxyProtocol> versions(Transport transport) {
    return value -> {
      ProxyProtocol version = Words.of(ProxyProtocol.class).read(value);
      if (version == ProxyProtocol.V1 && transport == Transport.UDP) {
        throw new IllegalArgumentException("must be v2 or none with transport = udp, not \"v1\"");
      }
      return version;
    };
  }

  static Optional<ListenerConfig> read(String name, Section section) {
    Transport transport = section.read("transport", Words.of(Transport.class), Transport.TCP);
    Optional<InetSocketAddress> address = section.require("address", Readings.ADDRESS);
    int maxConnections =
        section.read("max-connections", Readings.whole(1, Integer.MAX_VALUE), 10_000);
    ProxyProtocol proxyProtocol =
        section.read("proxy-protocol", versions(transport), ProxyProtocol.NONE);
    InterceptConfig intercept =
        section.section("intercept", inner -> InterceptConfig.read(inner, transport, address));
    List<PluginSettings> filters = section.plugins("filters");
    UpstreamConfig upstream =
        section.section(
            "upstream", inner -> UpstreamConfig.read(inner, transport, intercept.mode(), address));
    TimeoutsConfig timeouts =
        section.section("timeouts", inner -> TimeoutsConfig.read(inner, transport));
    PluginSettings accessLog = section.plugin("access-log", "text");
    return address.flatMap(
        where ->
            section.built(
                () ->
                    new ListenerConfig(
                        name,
                        transport,
                        where,
                        maxConnections,
                        proxyProtocol,
                        intercept,
                        filters,
                        upstream,
                        timeouts,
                        accessLog)));
  }
}
