package dev.pellucid.runtime.config;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.runtime.host.InterceptMode;
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

  static UpstreamConfig read(Section section, Transport transport, InterceptMode mode) {
    SourceAddress usualSource =
        mode == InterceptMode.NONE ? SourceAddress.proxy() : SourceAddress.clientIp();
    UpstreamConfig upstream =
        new UpstreamConfig(
            section.read("route", Words.of(Route.class), Route.POOL),
            section.sections("pool", UpstreamConfig::upstream),
            section.plugin("balancer", "round-robin"),
            section.read("source", Sources.READING, usualSource),
            section.read("proxy-protocol", Words.of(ProxyProtocol.class), ProxyProtocol.NONE),
            section.read("connect-timeout", Readings.DURATION, Duration.ofSeconds(5)),
            section.read("retries", Readings.whole(0, 100), 2),
            section.read("responses", Readings.whole(0, 1_000_000), 0),
            section.section("health-check", HealthCheckConfig::read));
    noteUnbuilt(section);
    requireUdp(section, "responses", transport);
    switch (upstream.route) {
      case POOL -> requirePool(section);
      case ORIGINAL_DESTINATION -> noteUnused(section);
    }
    return upstream;
  }

  private static Optional<Upstream> upstream(Section section) {
    int weight = section.read("weight", Readings.whole(1, Integer.MAX_VALUE), 1);
    return section
        .require("address", Readings.ADDRESS)
        .map(address -> new Upstream(address, weight));
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
