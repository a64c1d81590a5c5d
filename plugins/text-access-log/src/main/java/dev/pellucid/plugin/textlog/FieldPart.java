package dev.pellucid.plugin.textlog;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.Escapes;
import dev.pellucid.api.log.LogField;

/** A field, as one word without quotes, whatever its value: {@code -} if there is none. */
record FieldPart(LogField field) implements Format.Part {

  @Override
  public void appendTo(StringBuilder line, ConnectionSummary summary) {
    int start = line.length();
    field.appendTo(line, summary);
    if (line.length() == start) {
      line.append('-');
    } else if (!field.isNumber()) {
      Escapes.apply(line, start, " \"");
    }
  }
}
