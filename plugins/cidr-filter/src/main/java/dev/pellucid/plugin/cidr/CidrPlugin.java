package dev.pellucid.plugin.cidr;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.FilterFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import java.util.List;
import java.util.Set;

/**
 * Brings the filter {@code cidr}. Its settings are two lists of networks, {@code allow} and {@code
 * deny}; see {@link CidrFilter} for what they mean.
 */
public final class CidrPlugin implements ProxyPlugin {

  @Override
  public List<FilterFactory> filters() {
    return List.of(new Factory());
  }

  private static final class Factory implements FilterFactory {
    @Override
    public String type() {
      return "cidr";
    }

    @Override
    public Set<String> keys() {
      return Set.of("allow", "deny");
    }

    @Override
    public ConnectionFilter create(Config settings, PluginContext context) {
      return new CidrFilter(networks(settings, "allow"), networks(settings, "deny"));
    }

    private static List<Cidr> networks(Config settings, String key) {
      if (!settings.hasPath(key)) {
        return List.of();
      }
      return settings.getList(key).stream().map(value -> network(value, key)).toList();
    }

    private static Cidr network(ConfigValue value, String key) {
      if (value.valueType() != ConfigValueType.STRING) {
        throw new ConfigException.WrongType(
            value.origin(), key, "STRING", value.valueType().name());
      }
      try {
        return Cidr.parse((String) value.unwrapped());
      } catch (IllegalArgumentException e) {
        throw new ConfigException.BadValue(value.origin(), key, e.getMessage(), e);
      }
    }
  }
}
