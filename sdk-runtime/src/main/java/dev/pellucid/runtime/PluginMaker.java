package dev.pellucid.runtime;

import com.typesafe.config.ConfigException;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.runtime.config.PluginSettings;
import dev.pellucid.runtime.config.Problem;
import dev.pellucid.runtime.config.Spelling;
import dev.pellucid.runtime.plugin.InstalledPlugin;
import dev.pellucid.runtime.plugin.PluginCatalog;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Makes plugin instances, and collects what was wrong with their settings. */
final class PluginMaker {
  private final PluginCatalog catalog;
  private final List<AutoCloseable> made = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  PluginMaker(PluginCatalog catalog) {
    this.catalog = catalog;
  }

  /** An instance, or empty if there is a problem. */
  <T> Optional<T> make(PluginKind<T> kind, PluginSettings settings, PluginContext context) {
    Optional<InstalledPlugin<T>> plugin = catalog.find(kind, settings.type());
    if (plugin.isEmpty()) {
      refuseType(kind, settings);
      return Optional.empty();
    }
    return hasUnknownKeys(plugin.get(), settings)
        ? Optional.empty()
        : create(plugin.get(), settings, context);
  }

  /** Whether a type is of a kind. */
  boolean has(PluginKind<?> kind, String type) {
    return catalog.find(kind, type).isPresent();
  }

  /** What there is to close, in the order it was made. */
  List<AutoCloseable> made() {
    return made;
  }

  List<Problem> problems() {
    return problems;
  }

  private <T> Optional<T> create(
      InstalledPlugin<T> plugin, PluginSettings settings, PluginContext context) {
    try {
      T instance = plugin.create(new Settings(settings.settings()), context);
      if (instance instanceof AutoCloseable closeable) {
        made.add(closeable);
      }
      return Optional.of(instance);
    } catch (ConfigException e) {
      String place = Problem.at(settings.origin(PluginSettings.TYPE), "", "").place();
      problems.add(Problem.of(e, place, settings.path()));
    } catch (RuntimeException | LinkageError e) {
      problem(
          settings, PluginSettings.TYPE, "the plugin in " + plugin.location() + " failed: " + e);
    }
    return Optional.empty();
  }

  private boolean hasUnknownKeys(InstalledPlugin<?> plugin, PluginSettings settings) {
    Collection<String> known = new TreeSet<>(plugin.keys());
    known.add(PluginSettings.TYPE);
    List<String> unknown = settings.keys().stream().filter(key -> !known.contains(key)).toList();
    unknown.forEach(key -> problem(settings, key, Spelling.unknown("key", key, known)));
    return !unknown.isEmpty();
  }

  private void refuseType(PluginKind<?> kind, PluginSettings settings) {
    List<String> types = catalog.types(kind);
    problem(
        settings, PluginSettings.TYPE, Spelling.unknown(kind + " type", settings.type(), types));
  }

  /** A plugin that does not fit where it stands. */
  void refuse(PluginSettings settings, String text) {
    problem(settings, PluginSettings.TYPE, text);
  }

  private void problem(PluginSettings settings, String key, String text) {
    problems.add(Problem.at(settings.origin(key), settings.path() + "." + key, text));
  }
}
