package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.plugin.InstalledPlugin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What {@code pellucid plugins} prints: for each plugin a row, and below it the settings it knows,
 * if any, and its jar.
 *
 * <pre>
 * KIND    TYPE  VERSION  DESCRIPTION
 * filter  cidr  1.0      Accepts or rejects clients by the networks their addresses are in
 *     keys: allow, deny
 *     jar:  plugins/cidr.jar
 * </pre>
 */
final class PluginTable {
  private static final List<String> HEADINGS = List.of("KIND", "TYPE", "VERSION", "DESCRIPTION");
  private static final String GAP = "  ";

  /** Descriptions and keys are wrapped here; a path never is, so that it can be copied. */
  private static final int WIDTH = 120;

  private PluginTable() {}

  static String of(List<InstalledPlugin<?>> plugins) {
    List<InstalledPlugin<?>> sorted = new ArrayList<>(plugins);
    sorted.sort(
        Comparator.comparing((InstalledPlugin<?> plugin) -> plugin.kind().toString())
            .thenComparing(InstalledPlugin::type));
    List<Integer> widths = widths(sorted);
    List<String> lines = new ArrayList<>(row(HEADINGS, widths));
    for (InstalledPlugin<?> plugin : sorted) {
      lines.addAll(row(cells(plugin), widths));
      lines.addAll(settings(plugin));
      lines.add("    jar:  " + plugin.location());
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static List<String> cells(InstalledPlugin<?> plugin) {
    return List.of(plugin.kind().toString(), plugin.type(), plugin.version(), plugin.description());
  }

  /** Of all columns but the last. */
  private static List<Integer> widths(List<InstalledPlugin<?>> plugins) {
    List<List<String>> rows =
        Stream.concat(Stream.of(HEADINGS), plugins.stream().map(PluginTable::cells)).toList();
    return IntStream.range(0, HEADINGS.size() - 1)
        .mapToObj(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
        .toList();
  }

  private static List<String> row(List<String> cells, List<Integer> widths) {
    String start =
        IntStream.range(0, widths.size())
            .mapToObj(column -> padded(cells.get(column), widths.get(column)) + GAP)
            .collect(Collectors.joining());
    return Wrapping.lines(start, cells.get(widths.size()), WIDTH);
  }

  private static List<String> settings(InstalledPlugin<?> plugin) {
    return plugin.keys().isEmpty()
        ? List.of()
        : Wrapping.lines("    keys: ", String.join(", ", new TreeSet<>(plugin.keys())), WIDTH);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
