package dev.pellucid.runtime;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.runtime.config.PoolConfig;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.Optional;

/**
 * The plugin instances of one pool.
 *
 * @param balancer what chooses among its upstreams
 * @param discovery what finds them, if they are not listed
 */
record PoolPlugins(Balancer balancer, Optional<Discovery> discovery) {

  /** The instances, or empty if there is a problem. */
  static Optional<PoolPlugins> make(PluginMaker maker, PoolConfig pool, PluginContext context) {
    Optional<Discovery> discovery =
        pool.discovery().flatMap(settings -> maker.make(PluginKind.DISCOVERY, settings, context));
    return maker
        .make(PluginKind.BALANCER, pool.balancer(), context)
        .map(balancer -> new PoolPlugins(balancer, discovery));
  }
}
