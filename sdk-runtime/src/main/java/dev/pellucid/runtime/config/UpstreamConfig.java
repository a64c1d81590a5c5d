package dev.pellucid.runtime.config;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.InterceptMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a listener's connections go, and how they are opened.
 *
 * @param route where they go
 * @param pool the pool of connections for which no other was chosen; there is one exactly if the
 *     route is {@link Route#POOL}
 * @param pools the pools that filters can choose, by their names, in the order of the file
 * @param source the address they see
 * @param proxyProtocol the header that tells them the client
 * @param connectTimeout how long connecting may take
 * @param retries on how many other upstreams it is tried again
 * @param responses how many datagrams answer one of the client's; 0 if there is no telling
 * @param healthCheck how they are checked
 */
public record UpstreamConfig(
    Route route,
    Optional<PoolConfig> pool,
    Map<String, PoolConfig> pools,
    SourceAddress source,
    ProxyProtocol proxyProtocol,
    Duration connectTimeout,
    int retries,
    int responses,
    HealthCheckConfig healthCheck) {

  /** Copies the map. */
  public UpstreamConfig {
    pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
  }

  static UpstreamConfig read(
      Section section,
      Transport transport,
      InterceptMode mode,
      Optional<InetSocketAddress> listener) {
    SourceAddress usualSource =
        mode == InterceptMode.NONE ? SourceAddress.proxy() : SourceAddress.clientIp();
    SourceAddress source = section.read("source", Sources.READING, usualSource);
    Optional<InetAddress> shown = Sources.shown(source, listener);
    Route route = section.read("route", Words.of(Route.class), Route.POOL);
    PoolConfig pool = PoolConfig.read(section, shown);
    UpstreamConfig upstream =
        new UpstreamConfig(
            route,
            route == Route.POOL ? Optional.of(pool) : Optional.empty(),
            section.section("pools", inner -> pools(inner, shown, pool.balancer())),
            source,
            section.read("proxy-protocol", ListenerConfig.versions(transport), ProxyProtocol.NONE),
            section.read("connect-timeout", Readings.DURATION, Duration.ofSeconds(5)),
            section.read("retries", Readings.whole(0, 100), 2),
            section.read("responses", Readings.whole(0, 1_000_000), 0),
            section.section("health-check", HealthCheckConfig::read));
    noteUnbuilt(section);
    requireUdp(section, "responses", transport);
    if (transport == Transport.UDP && section.has("connect-timeout")) {
      section.note("connect-timeout", "is not used, because UDP does not connect");
    }
    switch (route) {
      case POOL -> pool.require(section);
      case ORIGINAL_DESTINATION -> {
        noteUnused(section);
        if (mode == InterceptMode.REDIRECT && source instanceof SourceAddress.ClientIpPort) {
          section.problem(
              "source",
              "with mode = redirect, connection tracking would take the client's connection and"
                  + " this one for the same; use client-ip");
        }
        listener.ifPresent(where -> PoolConfig.requireSameFamily(section, "source", shown, where));
      }
    }
    return upstream;
  }

  private static Map<String, PoolConfig> pools(
      Section section, Optional<InetAddress> shown, PluginSettings balancer) {
    Map<String, PoolConfig> pools = new LinkedHashMap<>();
    section
        .named(
            (name, inner) ->
                Optional.of(Map.entry(name, pool(section, name, inner, shown, balancer))))
        .forEach(pool -> pools.put(pool.getKey(), pool.getValue()));
    return pools;
  }

  private static PoolConfig pool(
      Section pools,
      String name,
      Section section,
      Optional<InetAddress> shown,
      PluginSettings balancer) {
    if (!ListenerConfig.NAME.matcher(name).matches()) {
      pools.problem(
          name, "a pool's name has 1 to 32 letters, digits, _ or -, not \"" + name + "\"");
    }
    return PoolConfig.readNamed(section, shown, balancer);
  }

  private static void requireUdp(Section section, String key, Transport transport) {
    if (section.has(key) && transport != Transport.UDP) {
      section.problem(
          key, "is for transport = udp; with TCP it is the connection's end that tells");
    }
  }

  private static void noteUnused(Section section) {
    boolean hasNamed = !section.isEmpty("pools");
    for (String key : List.of(PoolConfig.UPSTREAMS, PoolConfig.DISCOVERY, PoolConfig.BALANCER)) {
      if (section.has(key) && !(hasNamed && key.equals(PoolConfig.BALANCER))) {
        section.note(key, "is not used, because the route is original-destination");
      }
    }
  }

  private static void noteUnbuilt(Section section) {
    if (section.has("health-check")) {
      section.note("health-check", "this version does not check upstreams yet");
    }
  }
}
