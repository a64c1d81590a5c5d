package dev.pellucid.runtime.plugin;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.health.HealthCheck;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.plugin.PluginFactory;
import dev.pellucid.api.plugin.ProxyPlugin;
import java.util.List;
import java.util.function.Function;

/**
 * What a plugin can bring. Type names are unique among the plugins of a place in the configuration;
 * filters of all kinds share one.
 *
 * @param <T> what plugins of this kind make
 */
public final class PluginKind<T> {
  /** Connection filters. */
  public static final PluginKind<ConnectionFilter> CONNECTION_FILTER =
      new PluginKind<>("filter", ProxyPlugin::connectionFilters);

  /** Byte filters. */
  public static final PluginKind<ByteFilter> BYTE_FILTER =
      new PluginKind<>("filter", ProxyPlugin::byteFilters);

  /** Datagram filters. */
  public static final PluginKind<DatagramFilter> DATAGRAM_FILTER =
      new PluginKind<>("filter", ProxyPlugin::datagramFilters);

  /** Balancers. */
  public static final PluginKind<Balancer> BALANCER =
      new PluginKind<>("balancer", ProxyPlugin::balancers);

  /** Discoveries. */
  public static final PluginKind<Discovery> DISCOVERY =
      new PluginKind<>("discovery", ProxyPlugin::discoveries);

  /** Health checks. */
  public static final PluginKind<HealthCheck> HEALTH_CHECK =
      new PluginKind<>("health-check", ProxyPlugin::healthChecks);

  /** Access logs. */
  public static final PluginKind<AccessLog> ACCESS_LOG =
      new PluginKind<>("access-log", ProxyPlugin::accessLogs);

  static final List<PluginKind<?>> ALL =
      List.of(
          CONNECTION_FILTER,
          BYTE_FILTER,
          DATAGRAM_FILTER,
          BALANCER,
          DISCOVERY,
          HEALTH_CHECK,
          ACCESS_LOG);

  private final String text;
  private final Function<ProxyPlugin, List<? extends PluginFactory<T>>> factories;

  private PluginKind(
      String text, Function<ProxyPlugin, List<? extends PluginFactory<T>>> factories) {
    this.text = text;
    this.factories = factories;
  }

  List<? extends PluginFactory<T>> factories(ProxyPlugin plugin) {
    return factories.apply(plugin);
  }

  /** Whether the configuration names plugins of the other kind in the same place. */
  boolean sharesPlaceWith(PluginKind<?> other) {
    return text.equals(other.text);
  }

  /** The name of its place in the configuration, for example {@code access-log}. */
  @Override
  public String toString() {
    return text;
  }
}
