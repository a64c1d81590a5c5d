package dev.pellucid.plugin.textlog;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.LogFields;
import java.util.ArrayList;
import java.util.List;

/**
 * What a line looks like: text with variables in it. {@code %{client}} is a field, {@code %ci} a
 * variable of {@link HaproxyVariables HAProxy's}, {@code %%} a percent sign.
 */
final class Format {

  /** Something that stands in each line. */
  @FunctionalInterface
  interface Part {
    void appendTo(StringBuilder line, ConnectionSummary summary);
  }

  private final List<Part> parts;

  private Format(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * Reads a format.
   *
   * @throws IllegalArgumentException if a variable is unknown; says which are known
   */
  static Format parse(String format, LogFields fields) {
    List<Part> parts = new ArrayList<>();
    HaproxyVariables haproxy = new HaproxyVariables(fields);
    int at = 0;
    while (at < format.length()) {
      int end = endOfPart(format, at);
      parts.add(part(format.substring(at, end), fields, haproxy));
      at = end;
    }
    return new Format(parts);
  }

  private static int endOfPart(String format, int start) {
    if (format.charAt(start) != '%') {
      int percent = format.indexOf('%', start);
      return percent < 0 ? format.length() : percent;
    }
    if (format.startsWith("%%", start)) {
      return start + 2;
    }
    if (format.startsWith("%{", start)) {
      int brace = format.indexOf('}', start);
      if (brace < 0) {
        throw new IllegalArgumentException(
            "\"" + format.substring(start) + "\" lacks its closing brace");
      }
      return brace + 1;
    }
    int end = start + 1;
    while (end < format.length() && Character.isLetterOrDigit(format.charAt(end))) {
      end++;
    }
    return end;
  }

  private static Part part(String part, LogFields fields, HaproxyVariables haproxy) {
    if (part.equals("%%")) {
      return literal("%");
    }
    if (part.startsWith("%{")) {
      return new FieldPart(fields.named(part.substring(2, part.length() - 1)));
    }
    return part.startsWith("%") ? haproxy.named(part) : literal(part);
  }

  private static Part literal(String text) {
    return (line, summary) -> line.append(text);
  }

  void appendTo(StringBuilder line, ConnectionSummary summary) {
    for (Part part : parts) {
      part.appendTo(line, summary);
    }
  }
}
