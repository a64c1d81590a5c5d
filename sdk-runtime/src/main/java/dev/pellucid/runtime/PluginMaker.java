package dev.pellucid.runtime;

import com.typesafe.config.ConfigException;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.runtime.config.PluginSettings;
import dev.pellucid.runtime.config.Problem;
import dev.pellucid.runtime.config.Spelling;
import dev.pellucid.runtime.plugin.InstalledPlugin;
import dev.pellucid.runtime.plugin.PluginCatalog;
import dev.pellucid.runtime.plugin.PluginException;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes plugin instances, and collects what was wrong with their settings. */
final class PluginMaker {
  private static final Logger LOG = LoggerFactory.getLogger(PluginMaker.class);

  private final PluginCatalog catalog;
  private final List<AutoCloseable> made = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  PluginMaker(PluginCatalog catalog) {
    this.catalog = catalog;
  }

  /** An instance, or empty if there is a problem. */
  <T> Optional<T> make(PluginKind<T> kind, PluginSettings settings, PluginContext context) {
    List<InstalledPlugin<?>> claims = catalog.claims(kind, settings.type());
    if (claims.size() != 1) {
      problem(
          settings,
          PluginSettings.TYPE,
          claims.isEmpty() ? unknownType(kind, settings) : InstalledPlugin.conflict(claims));
      return Optional.empty();
    }
    return claims
        .get(0)
        .as(kind)
        .filter(plugin -> !hasUnknownKeys(plugin, settings))
        .flatMap(plugin -> create(plugin, settings, context));
  }

  /** Whether a type is of a kind. */
  boolean has(PluginKind<?> kind, String type) {
    return catalog.claims(kind, type).stream().anyMatch(plugin -> plugin.kind() == kind);
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
    } catch (PluginException e) {
      LOG.debug("{} '{}' cannot be made", plugin.kind(), plugin.type(), e);
      problem(settings, PluginSettings.TYPE, String.valueOf(e.getMessage()));
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

  /** A plugin that cannot be loaded might have brought the type; nobody can tell. */
  private String unknownType(PluginKind<?> kind, PluginSettings settings) {
    List<String> types = catalog.types(kind);
    String unknown = Spelling.unknown(kind + " type", settings.type(), types);
    return catalog.broken().isEmpty()
        ? unknown
        : unknown
            + "; it may be that of a plugin that cannot be loaded: "
            + String.join("; ", catalog.broken());
  }

  /** A plugin that does not fit where it stands. */
  void refuse(PluginSettings settings, String text) {
    problem(settings, PluginSettings.TYPE, text);
  }

  private void problem(PluginSettings settings, String key, String text) {
    problems.add(Problem.at(settings.origin(key), settings.path() + "." + key, text));
  }
}
