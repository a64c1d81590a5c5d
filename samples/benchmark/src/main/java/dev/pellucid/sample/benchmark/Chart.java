package dev.pellucid.sample.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Bars for what a proxy costs, as SVG: a column for each metric, a block of bars for each role. */
record Chart(List<PeerId> peers, Samples samples) {
  private static final List<Metric> METRICS =
      List.of(Metric.REQUEST_CPU, Metric.CONNECTION_CPU, Metric.GIB_CPU);

  private static final int NAMES_WIDTH = 160;
  private static final int COLUMN_WIDTH = 220;
  private static final int BAR_WIDTH = 140;
  private static final int BAR_HEIGHT = 18;
  private static final int ROW_HEIGHT = 26;
  private static final int HEAD_HEIGHT = 46;
  private static final String OURS = "#2563a8";
  private static final String OTHERS = "#a9b4c0";

  @Override
  public String toString() {
    StringBuilder bars = new StringBuilder();
    int top = 0;
    for (Role role : Role.values()) {
      List<PeerId> members = members(role);
      if (members.size() > 1) {
        block(bars, role, members, top);
        top += HEAD_HEIGHT + members.size() * ROW_HEIGHT;
      }
    }
    int width = NAMES_WIDTH + METRICS.size() * COLUMN_WIDTH;
    int height = top + 12;
    return format(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12" fill="#222">
            <title>What a proxy costs: less is better</title>
            <rect width="%1$d" height="%2$d" fill="#fff"/>
            """,
            width, height)
        + bars
        + "</svg>\n";
  }

  /** Those to compare: the SDK's proxies with the transparent one, which stands in for Pellucid. */
  private List<PeerId> members(Role role) {
    PeerId subject = PeerId.subject(role);
    return peers.stream().filter(peer -> peer.role() == role || peer.equals(subject)).toList();
  }

  private void block(StringBuilder bars, Role role, List<PeerId> members, int top) {
    text(bars, 8, top + 20, " font-weight=\"bold\"", role.title());
    for (int column = 0; column < METRICS.size(); column++) {
      Metric metric = METRICS.get(column);
      int left = NAMES_WIDTH + column * COLUMN_WIDTH;
      text(bars, left, top + 38, " fill=\"#666\"", metric.title() + ", " + metric.unit());
      column(bars, members, metric, left, top + HEAD_HEIGHT);
    }
    for (int row = 0; row < members.size(); row++) {
      int y = top + HEAD_HEIGHT + row * ROW_HEIGHT + 13;
      text(bars, 8, y, "", members.get(row).name());
    }
  }

  private void column(StringBuilder bars, List<PeerId> members, Metric metric, int left, int top) {
    double most =
        members.stream().mapToDouble(peer -> median(peer, metric).orElse(0)).max().orElse(0);
    for (int row = 0; row < members.size(); row++) {
      PeerId peer = members.get(row);
      OptionalDouble value = median(peer, metric);
      int width = most > 0 ? (int) Math.round(BAR_WIDTH * value.orElse(0) / most) : 0;
      int y = top + row * ROW_HEIGHT;
      String colour = peer.name().startsWith(PeerId.SUBJECT) ? OURS : OTHERS;
      bars.append(
          format(
              "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n",
              left, y, width, BAR_HEIGHT, colour));
      text(bars, left + width + 6, y + 13, "", Report.number(value));
    }
  }

  private OptionalDouble median(PeerId peer, Metric metric) {
    return samples.median(peer, metric, Samples.ANY);
  }

  private static void text(StringBuilder bars, int x, int y, String attributes, String content) {
    String escaped = content.replace("&", "&amp;").replace("<", "&lt;");
    bars.append(format("<text x=\"%d\" y=\"%d\"%s>%s</text>%n", x, y, attributes, escaped));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
