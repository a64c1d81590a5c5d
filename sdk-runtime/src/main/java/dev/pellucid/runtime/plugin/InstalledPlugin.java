package dev.pellucid.runtime.plugin;

import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.PluginFactory;
import dev.pellucid.api.plugin.Settings;
import java.util.Optional;
import java.util.Set;

/**
 * A plugin type that can be used.
 *
 * @param <T> what it makes
 * @param kind its kind
 * @param type its name
 * @param keys the settings it knows
 * @param version what its jar's manifest says, or {@code -}
 * @param location the jar it comes from, or {@code class path}
 * @param factory makes its instances; call {@link #create} instead
 */
public record InstalledPlugin<T>(
    PluginKind<T> kind,
    String type,
    Set<String> keys,
    String version,
    String location,
    PluginFactory<T> factory) {

  static <T> InstalledPlugin<T> of(
      PluginKind<T> kind, PluginFactory<T> factory, String version, String location) {
    return new InstalledPlugin<>(
        kind, factory.type(), Set.copyOf(factory.keys()), version, location, factory);
  }

  /**
   * Makes an instance, with the plugin's class loader as the thread's context class loader.
   *
   * @throws com.typesafe.config.ConfigException if a setting is missing or bad
   */
  public T create(Settings settings, PluginContext context) {
    return ContextClassLoader.with(
        factory.getClass().getClassLoader(), () -> factory.create(settings, context));
  }

  boolean collidesWith(InstalledPlugin<?> other) {
    return kind.sharesPlaceWith(other.kind) && type.equals(other.type);
  }

  /** This plugin, if it is of the given kind. */
  @SuppressWarnings("unchecked") // a kind is a constant, so the same kind has the same T
  <S> Optional<InstalledPlugin<S>> as(PluginKind<S> other) {
    return kind == other ? Optional.of((InstalledPlugin<S>) this) : Optional.empty();
  }
}
