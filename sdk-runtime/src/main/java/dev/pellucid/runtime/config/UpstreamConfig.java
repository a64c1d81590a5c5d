package dev.pellucid.runtime.config;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a listener's connections go, and how they are opened.
 *
 * @param route where they go
 * @param pool the upstreams, at least one if the route is {@link Route#POOL}
 * @param balancer what chooses among them
 * @param source the address they see
 * @param proxyProtocol the header that tells them the client
 * @param connectTimeout how long connecting may take
 * @param retries on how many other upstreams it is tried again
 * @param responses how many datagrams answer one of the client's; 0 if there is no telling
 * @param healthCheck how they are checked
 */
public record UpstreamConfig(
    Route route,
    List<Upstream> pool,
    PluginSettings balancer,
    SourceAddress source,
    ProxyProtocol proxyProtocol,
    Duration connectTimeout,
    int retries,
    int responses,
    HealthCheckConfig healthCheck) {

  /** Copies the list. */
  public UpstreamConfig {
    pool = List.copyOf(pool);
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
    UpstreamConfig upstream =
        new UpstreamConfig(
            section.read("route", Words.of(Route.class), Route.POOL),
            section.sections("pool", inner -> upstream(inner, shown)),
            section.plugin("balancer", "round-robin"),
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
    switch (upstream.route) {
      case POOL -> requirePool(section);
      case ORIGINAL_DESTINATION -> {
        noteUnused(section);
        if (mode == InterceptMode.REDIRECT && source instanceof SourceAddress.ClientIpPort) {
          section.problem(
              "source",
              "with mode = redirect, connection tracking would take the client's connection and"
                  + " this one for the same; use client-ip");
        }
        listener.ifPresent(where -> requireSameFamily(section, "source", shown, where));
      }
    }
    return upstream;
  }

  private static Optional<Upstream> upstream(Section section, Optional<InetAddress> shown) {
    int weight = section.read("weight", Readings.whole(1, Integer.MAX_VALUE), 1);
    Optional<InetSocketAddress> address = section.require("address", Readings.ADDRESS);
    address.ifPresent(upstream -> requireSameFamily(section, "address", shown, upstream));
    return address.map(upstream -> new Upstream(upstream, weight));
  }

  private static void requireSameFamily(
      Section section, String key, Optional<InetAddress> shown, InetSocketAddress upstream) {
    IpFamily family = IpFamily.of(upstream.getAddress());
    if (shown.isPresent() && IpFamily.of(shown.get()) != family) {
      section.problem(
          key,
          "an %s upstream cannot see the %s address that it is to be shown; source = proxy can reach it"
              .formatted(name(family), name(IpFamily.of(shown.get()))));
    }
  }

  private static String name(IpFamily family) {
    return family == IpFamily.IPV4 ? "IPv4" : "IPv6";
  }

  private static void requirePool(Section section) {
    if (section.isEmpty("pool")) {
      section.problem("pool", "needs at least one upstream, such as { address = \"10.2.0.2:80\" }");
    }
  }

  private static void requireUdp(Section section, String key, Transport transport) {
    if (section.has(key) && transport != Transport.UDP) {
      section.problem(
          key, "is for transport = udp; with TCP it is the connection's end that tells");
    }
  }

  private static void noteUnused(Section section) {
    for (String key : List.of("pool", "balancer")) {
      if (section.has(key)) {
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
