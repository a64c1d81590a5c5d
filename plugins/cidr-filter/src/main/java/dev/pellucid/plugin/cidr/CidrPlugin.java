package dev.pellucid.plugin.cidr;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/**
 * Brings the filter {@code cidr}. Its settings are two lists of networks, {@code allow} and {@code
 * deny}; see {@link CidrFilter} for what they mean.
 */
public final class CidrPlugin implements ProxyPlugin {

  @Override
  public List<ConnectionFilterFactory> connectionFilters() {
    return List.of(new Factory());
  }

  private static final class Factory implements ConnectionFilterFactory {
    @Override
    public String type() {
      return "cidr";
    }

    @Override
    public String description() {
      return "Accepts or rejects clients by the networks their addresses are in";
    }

    @Override
    public Set<String> keys() {
      return Set.of("allow", "deny");
    }

    @Override
    public ConnectionFilter create(Settings settings, PluginContext context) {
      return new CidrFilter(
          settings.list("allow", Cidr::parse), settings.list("deny", Cidr::parse));
    }
  }
}
