package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.plugin.InstalledPlugin;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What {@code pellucid plugins} prints. */
final class PluginTable {
  private static final List<String> HEADINGS = List.of("KIND", "TYPE", "VERSION", "JAR");

  private PluginTable() {}

  static String of(List<InstalledPlugin<?>> plugins) {
    List<List<String>> rows =
        Stream.concat(Stream.of(HEADINGS), plugins.stream().map(PluginTable::row)).toList();
    return rows.stream()
        .map(row -> line(row, rows))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static List<String> row(InstalledPlugin<?> plugin) {
    return List.of(plugin.kind().toString(), plugin.type(), plugin.version(), plugin.location());
  }

  private static String line(List<String> row, List<List<String>> rows) {
    return IntStream.range(0, row.size())
        .mapToObj(column -> padded(row.get(column), width(column, rows)))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  private static int width(int column, List<List<String>> rows) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
