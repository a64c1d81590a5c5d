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
 * @param plugins the jars of each plugin, in the order of their names
 */
record PluginFolder(List<List<Path>> plugins) {

  static PluginFolder scan(Path folder) throws IOException {
    List<List<Path>> plugins = new ArrayList<>();
    for (Path entry : entries(folder)) {
      if (Files.isDirectory(entry)) {
        plugins.add(entries(entry).stream().filter(PluginFolder::isJar).toList());
      } else if (isJar(entry)) {
        plugins.add(List.of(entry));
      }
    }
    plugins.removeIf(List::isEmpty);
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
