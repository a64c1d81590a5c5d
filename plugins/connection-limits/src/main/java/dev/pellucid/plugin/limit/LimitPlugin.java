package dev.pellucid.plugin.limit;

import dev.pellucid.api.filter.ClientNetworks;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings two filters. {@code connection-limit} is a {@link ConnectionLimit}:
 *
 * <table>
 * <caption>Settings of connection-limit</caption>
 * <tr><td>connections</td><td>how many a client may have open, from 1; required</td></tr>
 * </table>
 *
 * <p>{@code connection-rate} is a {@link ConnectionRate}:
 *
 * <table>
 * <caption>Settings of connection-rate</caption>
 * <tr><td>rate</td><td>how many a client may begin in each period, 1 to 1000000; required</td></tr>
 * <tr><td>period</td><td>1ms to 1h; default 1s</td></tr>
 * <tr><td>burst</td><td>how many it may begin at once after a pause, 1 to 1000000; default {@code
 * rate}</td></tr>
 * <tr><td>size</td><td>how many clients are remembered, 8 to 10000000; default 100000</td></tr>
 * </table>
 *
 * <p>Both have those of {@link ClientNetworks}, which say what one client is.
 */
public final class LimitPlugin implements ProxyPlugin {

  @Override
  public List<ConnectionFilterFactory> connectionFilters() {
    return List.of(new LimitFactory(), new RateFactory());
  }

  static Set<String> with(Set<String> keys, String... more) {
    Set<String> all = new HashSet<>(keys);
    all.addAll(List.of(more));
    return all;
  }

  private static final class LimitFactory implements ConnectionFilterFactory {
    @Override
    public String type() {
      return "connection-limit";
    }

    @Override
    public String description() {
      return "Limits how many connections a client may have open";
    }

    @Override
    public Set<String> keys() {
      return with(ClientNetworks.KEYS, "connections");
    }

    @Override
    public ConnectionFilter create(Settings settings, PluginContext context) {
      return ConnectionLimit.read(settings);
    }
  }

  private static final class RateFactory implements ConnectionFilterFactory {
    @Override
    public String type() {
      return "connection-rate";
    }

    @Override
    public String description() {
      return "Limits how many connections a client may begin in a time";
    }

    @Override
    public Set<String> keys() {
      return with(ClientNetworks.KEYS, "rate", "period", "burst", "size");
    }

    @Override
    public ConnectionFilter create(Settings settings, PluginContext context) {
      return ConnectionRate.read(settings, System::nanoTime);
    }
  }
}
