package dev.pellucid.api.plugin;

import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.filter.FilterFactory;
import dev.pellucid.api.log.AccessLogFactory;
import java.util.List;

/**
 * The entry of a plugin jar, named in {@code META-INF/services/dev.pellucid.api.plugin.ProxyPlugin}
 * and found by {@link java.util.ServiceLoader}. A plugin overrides the getters of the kinds it
 * brings; kinds that later versions add default to none.
 */
public interface ProxyPlugin {

  /** The connection filters of this plugin. */
  default List<FilterFactory> filters() {
    return List.of();
  }

  /** The balancers of this plugin. */
  default List<BalancerFactory> balancers() {
    return List.of();
  }

  /** The access logs of this plugin. */
  default List<AccessLogFactory> accessLogs() {
    return List.of();
  }
}
