package dev.pellucid.runtime.plugin;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The plugins that are installed: those on the class path and those in the plugin folders, all
 * found by {@link java.util.ServiceLoader}.
 *
 * <p>In a folder, each {@code *.jar} is a plugin, and so is each subfolder with jars in it, all of
 * which belong to that plugin. Immutable.
 *
 * @param plugins the plugins that can be used
 * @param problems why others cannot, one line each
 */
public record PluginCatalog(List<InstalledPlugin<?>> plugins, List<String> problems) {

  /** Copies the lists. */
  public PluginCatalog {
    plugins = List.copyOf(plugins);
    problems = List.copyOf(problems);
  }

  /**
   * Loads the plugins of the class path and of these folders. What cannot be loaded becomes one of
   * the {@link #problems}. Reads files and runs the plugins' own code, so not on an event loop.
   *
   * @param folders the plugin folders; one that does not exist is empty, one that is named twice is
   *     scanned once
   */
  public static PluginCatalog scan(List<Path> folders) {
    PluginScan scan = new PluginScan(PluginCatalog.class.getClassLoader());
    scan.classPath();
    folders.forEach(scan::folder);
    return new PluginCatalog(scan.plugins(), scan.problems());
  }

  /**
   * This catalog, if there are no problems.
   *
   * @throws PluginException if there are
   */
  public PluginCatalog requireSound() {
    if (!problems.isEmpty()) {
      throw new PluginException(problems);
    }
    return this;
  }

  /** The plugins of a kind. */
  public <T> List<InstalledPlugin<T>> all(PluginKind<T> kind) {
    return plugins.stream().flatMap(plugin -> plugin.as(kind).stream()).toList();
  }

  /** The types that a place in the configuration for plugins of a kind may name, sorted. */
  public List<String> types(PluginKind<?> kind) {
    return plugins.stream()
        .filter(plugin -> plugin.kind().sharesPlaceWith(kind))
        .map(InstalledPlugin::type)
        .sorted()
        .toList();
  }

  /** The plugin of a kind and a type, if it is installed. */
  public <T> Optional<InstalledPlugin<T>> find(PluginKind<T> kind, String type) {
    return all(kind).stream().filter(plugin -> plugin.type().equals(type)).findFirst();
  }
}
