package dev.pellucid.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Collects plugins from several places, and the problems there were. */
final class PluginScan {
  private final List<InstalledPlugin<?>> plugins = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Set<Path> folders = new HashSet<>();
  private final PluginLoader loader;

  PluginScan(ClassLoader host) {
    this.loader = new PluginLoader(host);
  }

  void classPath() {
    add(loader::fromClassPath);
  }

  void folder(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try {
      if (folders.add(folder.toRealPath())) {
        PluginFolder.scan(folder).plugins().forEach(jars -> add(() -> loader.fromJars(jars)));
      }
    } catch (IOException e) {
      problems.add("plugin folder " + folder + " cannot be read: " + e.getMessage());
    }
  }

  List<InstalledPlugin<?>> plugins() {
    return plugins;
  }

  List<String> problems() {
    return problems;
  }

  private void add(Supplier<List<InstalledPlugin<?>>> found) {
    try {
      found.get().forEach(this::add);
    } catch (PluginException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  private void add(InstalledPlugin<?> plugin) {
    Optional<InstalledPlugin<?>> twin = plugins.stream().filter(plugin::collidesWith).findFirst();
    twin.ifPresentOrElse(
        other ->
            problems.add(
                "%s '%s' is there twice, in %s and in %s: remove one of them"
                    .formatted(plugin.kind(), plugin.type(), other.location(), plugin.location())),
        () -> plugins.add(plugin));
  }
}
