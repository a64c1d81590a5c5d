package dev.pellucid.runtime.plugin;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.plugin.PluginFactory;
import dev.pellucid.api.plugin.ProxyPlugin;
import java.util.List;
import java.util.function.Function;

/**
 * What a plugin can bring. Type names are unique within a kind.
 *
 * @param <T> what plugins of this kind make
 */
public final class PluginKind<T> {
  /** Connection filters. */
  public static final PluginKind<ConnectionFilter> FILTER =
      new PluginKind<>("filter", ProxyPlugin::filters);

  /** Balancers. */
  public static final PluginKind<Balancer> BALANCER =
      new PluginKind<>("balancer", ProxyPlugin::balancers);

  /** Access logs. */
  public static final PluginKind<AccessLog> ACCESS_LOG =
      new PluginKind<>("access-log", ProxyPlugin::accessLogs);

  static final List<PluginKind<?>> ALL = List.of(FILTER, BALANCER, ACCESS_LOG);

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

  /** The kind's name, for example {@code access-log}. */
  @Override
  public String toString() {
    return text;
  }
}
