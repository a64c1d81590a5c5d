package dev.pellucid.api.plugin;

import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.discovery.DiscoveryFactory;
import dev.pellucid.api.filter.ByteFilterFactory;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.filter.DatagramFilterFactory;
import dev.pellucid.api.health.HealthCheckFactory;
import dev.pellucid.api.log.AccessLogFactory;
import java.util.List;

/**
 * The entry of a plugin jar, named in {@code META-INF/services/dev.pellucid.api.plugin.ProxyPlugin}
 * and found by {@link java.util.ServiceLoader}. A plugin overrides the getters of the kinds it
 * brings; kinds that later versions add default to none.
 *
 * <p>Every plugin of the plugin folders is constructed once, when the proxy starts, and each getter
 * called once, whether or not a configuration names one of its types; both should do nothing but
 * return. What they throw makes the plugin unusable, and the user is told so.
 */
public interface ProxyPlugin {

  /** The filters that decide which connections may pass. */
  default List<ConnectionFilterFactory> connectionFilters() {
    return List.of();
  }

  /** The filters that read and change the bytes of TCP connections. */
  default List<ByteFilterFactory> byteFilters() {
    return List.of();
  }

  /** The filters that read and change the datagrams of UDP sessions. */
  default List<DatagramFilterFactory> datagramFilters() {
    return List.of();
  }

  /** The balancers. */
  default List<BalancerFactory> balancers() {
    return List.of();
  }

  /** The discoveries. */
  default List<DiscoveryFactory> discoveries() {
    return List.of();
  }

  /** The health checks. */
  default List<HealthCheckFactory> healthChecks() {
    return List.of();
  }

  /** The access logs. */
  default List<AccessLogFactory> accessLogs() {
    return List.of();
  }
}
