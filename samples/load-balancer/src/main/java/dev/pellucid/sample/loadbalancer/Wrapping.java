package dev.pellucid.sample.loadbalancer;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines between its words. */
final class Wrapping {
  private Wrapping() {}

  /** The text behind a start; further lines of it stand below the first. */
  static List<String> lines(String start, String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(start);
    for (String word : text.strip().split("\\s+", -1)) {
      if (line.length() > start.length() && line.length() + word.length() > width) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(" ".repeat(start.length()));
      }
      line.append(word).append(' ');
    }
    lines.add(line.toString().stripTrailing());
    return lines;
  }
}
