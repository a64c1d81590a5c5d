package dev.pellucid.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects plugins from several places, and the problems there were. All jars are known before the
 * first class is loaded, so that a class that is missing can be looked for among them.
 */
final class PluginScan {
  private static final Logger LOG = LoggerFactory.getLogger(PluginScan.class);

  private final Set<Path> folders = new HashSet<>();
  private final List<PluginJars> found = new ArrayList<>();
  private final List<InstalledPlugin<?>> plugins = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();

  void folder(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try {
      if (folders.add(folder.toRealPath())) {
        PluginFolder content = PluginFolder.scan(folder);
        broken.addAll(content.problems());
        content.plugins().forEach(plugin -> keep(found, () -> List.of(PluginJars.read(plugin))));
      }
    } catch (IOException e) {
      broken.add("plugin folder " + folder + " cannot be read: " + e.getMessage());
    }
  }

  PluginCatalog load(ClassLoader host) {
    List<PluginJar> jars = found.stream().flatMap(plugin -> plugin.jars().stream()).toList();
    PluginLoader loader = new PluginLoader(host, new MissingClass(host, jars));
    keep(plugins, loader::fromClassPath);
    found.forEach(plugin -> keep(plugins, () -> loader.fromJars(plugin)));
    broken.sort(Comparator.naturalOrder());
    return new PluginCatalog(plugins, broken);
  }

  private <T> void keep(List<T> kept, Supplier<List<T>> more) {
    try {
      kept.addAll(more.get());
    } catch (PluginException e) {
      LOG.debug("a plugin is left out", e);
      broken.addAll(e.problems());
    }
  }
}
