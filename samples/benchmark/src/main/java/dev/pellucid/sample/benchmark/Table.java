package dev.pellucid.sample.benchmark;

import java.util.List;

/** A Markdown table in the making. */
final class Table {
  private final StringBuilder text = new StringBuilder();

  Table(List<String> head) {
    row(head);
    row(head.stream().map(cell -> cell.equals(head.get(0)) ? "---" : "---:").toList());
  }

  void row(List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
