package dev.pellucid.plugin.csvlog;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.Escapes;
import dev.pellucid.api.log.LogField;
import dev.pellucid.api.log.SummaryField;

/**
 * A column of the rows.
 *
 * @param field what is in it
 * @param guarded whether a client may have chosen what is in it
 */
record Column(LogField field, boolean guarded) {
  /** What spreadsheets take for a formula, and what keeps them from it. */
  private static final String FORMULA = "=+-@'";

  private static final char NO_FORMULA = '\'';

  static Column of(LogField field) {
    return new Column(field, !(field instanceof SummaryField));
  }

  String name() {
    return field.label();
  }

  /** Appends a cell; it is empty if there is no value. */
  void appendTo(StringBuilder row, ConnectionSummary summary) {
    int start = row.length();
    field.appendTo(row, summary);
    if (field.isNumber() || row.length() == start) {
      return;
    }
    Escapes.apply(row, start, "");
    if (guarded && FORMULA.indexOf(row.charAt(start)) >= 0) {
      row.insert(start, NO_FORMULA);
    }
    if (row.indexOf(",", start) >= 0 || row.indexOf("\"", start) >= 0) {
      quote(row, start);
    }
  }

  private static void quote(StringBuilder row, int start) {
    for (int i = row.length() - 1; i >= start; i--) {
      if (row.charAt(i) == '"') {
        row.insert(i, '"');
      }
    }
    row.insert(start, '"').append('"');
  }
}
