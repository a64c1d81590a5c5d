package dev.pellucid.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What lies in a plugin folder: each jar is a plugin, and so is each subfolder with jars in it.
 *
 * @param plugins in the order of their names, and so are the jars of each
 */
record PluginFolder(List<Entry> plugins) {

  /**
   * A plugin's files.
   *
   * @param place the jar, or the subfolder
   * @param jars the jar, or those in the subfolder
   */
  record Entry(Path place, List<Path> jars) {}

  static PluginFolder scan(Path folder) throws IOException {
    List<Entry> plugins = new ArrayList<>();
    for (Path place : entries(folder)) {
      if (Files.isDirectory(place)) {
        plugins.add(new Entry(place, entries(place).stream().filter(PluginFolder::isJar).toList()));
      } else if (isJar(place)) {
        plugins.add(new Entry(place, List.of(place)));
      }
    }
    plugins.removeIf(plugin -> plugin.jars().isEmpty());
    return new PluginFolder(List.copyOf(plugins));
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private static boolean isJar(Path file) {
    return file.toString().endsWith(".jar") && Files.isRegularFile(file);
  }
}
