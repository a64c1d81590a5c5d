package dev.pellucid.sample.loadbalancer;

import com.typesafe.config.ConfigRenderOptions;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.runtime.config.InterceptConfig;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.config.PluginSettings;
import dev.pellucid.runtime.config.PoolConfig;
import dev.pellucid.runtime.config.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A listener's pipeline as {@code pellucid check} prints it, one stage on each line:
 *
 * <pre>
 * web: tcp 0.0.0.0:50080, at most 10000 connections; intercept tproxy, ports 80
 *   -&gt; filter cidr {"allow":["10.1.0.0/24"]}
 *   -&gt; balancer round-robin {} over 10.2.0.2:80, 10.2.0.3:80 weight 2
 *   -&gt; relay from client-ip; timeouts connect 5s, idle 5m, half-closed 30s
 *   -&gt; access-log text {}
 * </pre>
 *
 * The pools that filters choose follow the balancer, each on a line of its own.
 */
final class PipelineText {
  private PipelineText() {}

  static String of(ListenerConfig listener) {
    List<String> stages = new ArrayList<>();
    stages.add(source(listener));
    listener.filters().forEach(filter -> stages.add("filter " + plugin(filter)));
    stages.add(route(listener.upstream()));
    stages.add(relay(listener));
    stages.add("access-log " + plugin(listener.accessLog()));
    return String.join(System.lineSeparator() + "  -> ", stages);
  }

  private static String source(ListenerConfig listener) {
    return "%s: %s %s, at most %d connections; intercept %s%s"
        .formatted(
            listener.name(),
            word(listener.transport()),
            Addresses.text(listener.address()),
            listener.maxConnections(),
            intercept(listener.intercept()),
            proxyProtocol(listener.proxyProtocol()));
  }

  private static String intercept(InterceptConfig intercept) {
    return word(intercept.mode())
        + values(", ports ", intercept.ports())
        + values(", interfaces ", intercept.interfaces())
        + values(", from ", intercept.sources())
        + values(", to ", intercept.destinations())
        + (intercept.localOutput() ? ", and what this host sends" : "");
  }

  private static String route(UpstreamConfig upstream) {
    List<String> pools = new ArrayList<>();
    pools.add(upstream.pool().map(PipelineText::pool).orElse("to the original destination"));
    upstream.pools().forEach((name, pool) -> pools.add("pool " + name + ": " + pool(pool)));
    return String.join(System.lineSeparator() + "     ", pools);
  }

  private static String pool(PoolConfig pool) {
    String upstreams =
        pool.discovery()
            .map(discovery -> " over discovery " + plugin(discovery))
            .orElseGet(
                () ->
                    values(
                        " over ", pool.upstreams().stream().map(PipelineText::upstream).toList()));
    return "balancer " + plugin(pool.balancer()) + upstreams;
  }

  private static String upstream(Upstream upstream) {
    String weight = upstream.weight() == 1 ? "" : " weight " + upstream.weight();
    return Addresses.text(upstream.address()) + weight;
  }

  private static String relay(ListenerConfig listener) {
    return "relay from %s%s; %s"
        .formatted(
            source(listener.upstream().source()),
            proxyProtocol(listener.upstream().proxyProtocol()),
            end(listener));
  }

  /** What ends a connection if its peers do not. */
  private static String end(ListenerConfig listener) {
    String idle = time(listener.timeouts().idle());
    return switch (listener.transport()) {
      case TCP ->
          "timeouts connect %s, idle %s, half-closed %s"
              .formatted(
                  time(listener.upstream().connectTimeout()),
                  idle,
                  time(listener.timeouts().halfClosed()));
      case UDP ->
          "timeout idle %s%s"
              .formatted(
                  idle,
                  listener.upstream().responses() == 0
                      ? ""
                      : ", responses " + listener.upstream().responses());
    };
  }

  private static String source(SourceAddress source) {
    if (source instanceof SourceAddress.Given given) {
      return given.address().getHostAddress();
    }
    return source.equals(SourceAddress.proxy())
        ? "proxy"
        : source.equals(SourceAddress.clientIp()) ? "client-ip" : "client-ip-port";
  }

  private static String proxyProtocol(ProxyProtocol version) {
    return version == ProxyProtocol.NONE ? "" : ", proxy-protocol " + word(version);
  }

  /** As the file has it, without the type, which is said already. */
  private static String plugin(PluginSettings plugin) {
    return plugin.type()
        + " "
        + plugin
            .settings()
            .withoutPath(PluginSettings.TYPE)
            .root()
            .render(ConfigRenderOptions.concise());
  }

  private static String time(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private static String values(String label, List<?> values) {
    return values.isEmpty()
        ? ""
        : label + values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
