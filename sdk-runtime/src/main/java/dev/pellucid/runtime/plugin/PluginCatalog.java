package dev.pellucid.runtime.plugin;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The plugins that are installed: those on the class path and those in the plugin folders, all
 * found by {@link java.util.ServiceLoader}.
 *
 * <p>In a folder, each {@code *.jar} is a plugin, and so is each subfolder with jars in it, all of
 * which belong to that plugin. Immutable.
 *
 * @param plugins the plugins that were loaded, even where several claim the same type
 * @param broken why others could not be loaded, one line each, with the jar and what to do
 */
public record PluginCatalog(List<InstalledPlugin<?>> plugins, List<String> broken) {

  /** Copies the lists. */
  public PluginCatalog {
    plugins = List.copyOf(plugins);
    broken = List.copyOf(broken);
  }

  /**
   * Loads the plugins of the class path and of these folders. Reads files and runs the plugins' own
   * code, so not on an event loop. Never throws because of a plugin: see {@link #problems}.
   *
   * @param folders the plugin folders; one that does not exist is empty, one that is named twice is
   *     scanned once
   */
  public static PluginCatalog scan(List<Path> folders) {
    PluginScan scan = new PluginScan();
    folders.forEach(scan::folder);
    return scan.load(PluginCatalog.class.getClassLoader());
  }

  /**
   * What is wrong with the plugins, one line each: those that are {@link #broken}, and those that
   * claim the same type. Warnings, as long as no listener asks for one of them.
   */
  public List<String> problems() {
    Stream<String> conflicts =
        plugins.stream()
            .map(plugin -> claims(plugin.kind(), plugin.type()))
            .filter(claims -> claims.size() > 1)
            .map(InstalledPlugin::conflict)
            .distinct();
    return Stream.concat(broken.stream(), conflicts).toList();
  }

  /** The types that a place in the configuration for plugins of a kind may name, sorted. */
  public List<String> types(PluginKind<?> kind) {
    return plugins.stream()
        .filter(plugin -> plugin.kind().sharesPlaceWith(kind))
        .map(InstalledPlugin::type)
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * The plugins that claim a type where the configuration names plugins of a kind: it can be used
   * if there is one.
   */
  public List<InstalledPlugin<?>> claims(PluginKind<?> kind, String type) {
    return plugins.stream()
        .filter(plugin -> plugin.kind().sharesPlaceWith(kind) && plugin.type().equals(type))
        .<InstalledPlugin<?>>map(plugin -> plugin)
        .toList();
  }
}
