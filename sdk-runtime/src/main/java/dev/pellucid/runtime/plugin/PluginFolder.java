package dev.pellucid.runtime.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What lies in a plugin folder: each jar is a plugin, and so is each subfolder with jars in it.
 *
 * @param plugins in the order of their names, and so are the jars of each
 * @param problems the subfolders that could not be read, one line each
 */
record PluginFolder(List<Entry> plugins, List<String> problems) {

  /**
   * A plugin's files.
   *
   * @param place the jar, or the subfolder
   * @param jars the jar, or those in the subfolder
   */
  record Entry(Path place, List<Path> jars) {}

  static PluginFolder scan(Path folder) throws IOException {
    List<Entry> plugins = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path place : entries(folder)) {
      try {
        plugins.add(new Entry(place, jars(place)));
      } catch (IOException e) {
        problems.add("plugin folder " + place + " cannot be read: " + e.getMessage());
      }
    }
    plugins.removeIf(plugin -> plugin.jars().isEmpty());
    return new PluginFolder(List.copyOf(plugins), List.copyOf(problems));
  }

  private static List<Path> jars(Path place) throws IOException {
    List<Path> files = Files.isDirectory(place) ? entries(place) : List.of(place);
    return files.stream().filter(PluginFolder::isJar).toList();
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isJar(Path file) {
    return file.toString().endsWith(".jar") && Files.isRegularFile(file);
  }
}
