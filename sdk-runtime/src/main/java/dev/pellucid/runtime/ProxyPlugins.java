package dev.pellucid.runtime;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.runtime.config.ConfigurationException;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.config.Route;
import dev.pellucid.runtime.plugin.ContextClassLoader;
import dev.pellucid.runtime.plugin.PluginCatalog;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
      throw new ConfigurationException(maker.problems());
    }
    return plugins;
  }

  private void add(ListenerConfig listener, PluginMaker maker) {
    PluginContext context = new PluginContext(listener.name(), listener.transport(), Set.of());
    FilterPlugins filters = new FilterPlugins(maker, context);
    listener.filters().forEach(filters::add);
    Optional<Balancer> balancer =
        listener.upstream().route() == Route.POOL
            ? maker.make(PluginKind.BALANCER, listener.upstream().balancer(), context)
            : Optional.empty();
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
                    balancer,
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
