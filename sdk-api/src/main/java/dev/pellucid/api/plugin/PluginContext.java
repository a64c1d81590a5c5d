package dev.pellucid.api.plugin;

import dev.pellucid.api.Transport;
import java.util.Set;

/**
 * Where a plugin instance works.
 *
 * @param listener the name of the listener in the configuration, for messages and metrics
 * @param transport what the listener accepts
 * @param pools the names of the listener's {@linkplain dev.pellucid.api.Connection#POOL named
 *     pools}
 */
public record PluginContext(String listener, Transport transport, Set<String> pools) {

  /** Copies the set. */
  public PluginContext {
    pools = Set.copyOf(pools);
  }
}
