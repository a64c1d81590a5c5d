package dev.pellucid.runtime;

import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.runtime.config.ConfigurationException;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.config.UpstreamConfig;
import dev.pellucid.runtime.plugin.ContextClassLoader;
import dev.pellucid.runtime.plugin.PluginCatalog;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plugin instances of all listeners. */
public final class ProxyPlugins implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyPlugins.class);

  private final Map<String, ListenerPlugins> listeners = new HashMap<>();
  private final List<AutoCloseable> made;

  private ProxyPlugins(List<AutoCloseable> made) {
    this.made = made;
  }

  /**
   * Makes an instance for every place of the configuration that asks for one. A {@linkplain
   * PluginCatalog#problems problem} of a plugin that nothing asks for does not matter here.
   *
   * @throws ConfigurationException if any of them cannot be made; it names all that cannot, and the
   *     others are closed
   */
  public static ProxyPlugins create(ProxyConfig config, PluginCatalog catalog) {
    PluginMaker maker = new PluginMaker(catalog);
    ProxyPlugins plugins = new ProxyPlugins(maker.made());
    config.listeners().forEach(listener -> plugins.add(listener, maker));
    if (!maker.problems().isEmpty()) {
      plugins.close();
      // Pools that share the settings of a balancer share its problems.
      throw new ConfigurationException(maker.problems().stream().distinct().toList());
    }
    return plugins;
  }

  private void add(ListenerConfig listener, PluginMaker maker) {
    UpstreamConfig upstream = listener.upstream();
    PluginContext context =
        new PluginContext(listener.name(), listener.transport(), upstream.pools().keySet());
    FilterPlugins filters = new FilterPlugins(maker, context);
    listener.filters().forEach(filters::add);
    Optional<PoolPlugins> pool =
        upstream.pool().flatMap(config -> PoolPlugins.make(maker, config, context));
    Map<String, PoolPlugins> pools = new LinkedHashMap<>();
    upstream
        .pools()
        .forEach(
            (name, config) ->
                PoolPlugins.make(maker, config, context).ifPresent(made -> pools.put(name, made)));
    Optional<AccessLog> accessLog =
        maker.make(PluginKind.ACCESS_LOG, listener.accessLog(), context);
    accessLog.ifPresent(
        log ->
            listeners.put(
                listener.name(),
                new ListenerPlugins(
                    filters.connectionFilters,
                    filters.byteFilters,
                    filters.datagramFilters,
                    pool,
                    pools,
                    log)));
  }

  ListenerPlugins of(ListenerConfig listener) {
    return Optional.ofNullable(listeners.get(listener.name())).orElseThrow();
  }

  /**
   * Closes every instance, the last one first. A failure is logged and does not stop the others.
   */
  @Override
  public void close() {
    closeLastFirst(made);
  }

  static void closeLastFirst(List<AutoCloseable> made) {
    List<AutoCloseable> lastFirst = new ArrayList<>(made);
    Collections.reverse(lastFirst);
    for (AutoCloseable instance : lastFirst) {
      try (ContextClassLoader context = ContextClassLoader.of(instance)) {
        instance.close();
      } catch (Exception | Error e) {
        LOG.error("a plugin failed to close", e);
      }
    }
  }
}
