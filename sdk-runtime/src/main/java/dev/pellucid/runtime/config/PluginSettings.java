package dev.pellucid.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A plugin that the file asks for.
 *
 * @param type the plugin's type
 * @param path where in the file, for example {@code pellucid.listeners.web.filters[0]}
 * @param settings the object that names the type, with the origin of each value
 */
public record PluginSettings(String type, String path, Config settings) {
  /** The key that names the type; all other keys belong to the plugin. */
  public static final String TYPE = "type";

  /** The keys that are set, without {@link #TYPE}. */
  public Set<String> keys() {
    Set<String> keys = new TreeSet<>(settings.root().keySet());
    keys.remove(TYPE);
    return keys;
  }

  /** Where a key stands, or where the object does if it has none of that name. */
  public ConfigOrigin origin(String key) {
    return Optional.ofNullable(settings.root().get(key))
        .map(ConfigValue::origin)
        .orElse(settings.root().origin());
  }
}
