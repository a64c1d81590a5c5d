package dev.pellucid.runtime.plugin;

import com.typesafe.config.ConfigException;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.PluginFactory;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A plugin type.
 *
 * @param <T> what it makes
 * @param kind its kind
 * @param type its name
 * @param description what it does, in one line
 * @param keys the settings it knows
 * @param version what its jar's manifest says, or {@code -}
 * @param location the jar it comes from, or {@code class path}
 * @param factory makes its instances; call {@link #create} instead
 */
public record InstalledPlugin<T>(
    PluginKind<T> kind,
    String type,
    String description,
    Set<String> keys,
    String version,
    String location,
    PluginFactory<T> factory) {

  static <T> InstalledPlugin<T> of(
      PluginKind<T> kind, PluginFactory<T> factory, String version, String location) {
    return new InstalledPlugin<>(
        kind,
        Objects.requireNonNull(factory.type(), "type() is null"),
        Objects.requireNonNull(factory.description(), "description() is null"),
        Set.copyOf(Objects.requireNonNull(factory.keys(), "keys() is null")),
        version,
        location,
        factory);
  }

  /** What to say of several plugins that claim the same type. */
  public static String conflict(List<? extends InstalledPlugin<?>> claims) {
    return "%s '%s' is claimed by more than one plugin, in %s: remove all but one of them"
        .formatted(
            claims.get(0).kind(),
            claims.get(0).type(),
            claims.stream().map(InstalledPlugin::location).collect(Collectors.joining(" and in ")));
  }

  /**
   * Makes an instance, with the plugin's class loader as the thread's context class loader.
   *
   * @throws ConfigException if a setting is missing or bad
   * @throws PluginException if the plugin fails in another way
   */
  public T create(Settings settings, PluginContext context) {
    try (ContextClassLoader scope = ContextClassLoader.of(factory)) {
      return Objects.requireNonNull(factory.create(settings, context), "create() is null");
    } catch (ConfigException e) {
      throw e;
    } catch (Exception | Error e) {
      ClassLoader loader = factory.getClass().getClassLoader();
      throw new PluginException(
          "the plugin in " + location + " failed: " + PluginFailure.text(e, loader), e);
    }
  }

  /** This plugin, if it is of the given kind. */
  @SuppressWarnings("unchecked") // a kind is a constant, so the same kind has the same T
  public <S> Optional<InstalledPlugin<S>> as(PluginKind<S> other) {
    return kind == other ? Optional.of((InstalledPlugin<S>) this) : Optional.empty();
  }
}
