package dev.pellucid.plugin.jsonlog;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.Escapes;
import dev.pellucid.api.log.LogField;

/**
 * A member of an object.
 *
 * @param field what its value is
 * @param before what stands before the value: the name and, for a text, a quote
 * @param after what stands after it
 */
record Member(LogField field, String before, String after) {

  /** The names of fields need no escaping. */
  static Member of(LogField field) {
    String quote = field.isNumber() ? "" : "\"";
    return new Member(field, "\"" + field.label() + "\":" + quote, quote);
  }

  /** Appends it to an object that is open; appends nothing if there is no value. */
  void appendTo(StringBuilder line, ConnectionSummary summary) {
    int start = line.length();
    line.append(line.charAt(start - 1) == '{' ? "" : ",").append(before);
    int value = line.length();
    field.appendTo(line, summary);
    if (line.length() == value) {
      line.setLength(start);
      return;
    }
    Escapes.apply(line, value, "\"");
    line.append(after);
  }
}
