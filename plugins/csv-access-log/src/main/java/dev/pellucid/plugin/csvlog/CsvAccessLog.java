package dev.pellucid.plugin.csvlog;

import static java.util.stream.Collectors.joining;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.LogField;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one row of RFC 4180 for each connection to an SLF4J logger, at level INFO. A row is always
 * one line; see {@link Column} for what becomes of a text that would have it otherwise.
 */
final class CsvAccessLog implements AccessLog {
  private final Logger logger;
  private final List<Column> columns;
  private volatile boolean headerDue;

  CsvAccessLog(String logger, List<LogField> fields, boolean header) {
    this.logger = LoggerFactory.getLogger(logger);
    this.columns = fields.stream().map(Column::of).toList();
    this.headerDue = header;
  }

  @Override
  public void log(List<ConnectionSummary> summaries) {
    if (!logger.isInfoEnabled()) {
      return;
    }
    if (headerDue) {
      writeHeader();
    }
    StringBuilder row = new StringBuilder(256);
    for (ConnectionSummary summary : summaries) {
      row.setLength(0);
      appendTo(row, summary);
      logger.info(row.toString());
    }
  }

  /**
   * With the first row, because a log that is only checked writes nothing; several loops may call.
   */
  private synchronized void writeHeader() {
    if (headerDue) {
      logger.info(columns.stream().map(Column::name).collect(joining(",")));
      headerDue = false;
    }
  }

  private void appendTo(StringBuilder row, ConnectionSummary summary) {
    for (Column column : columns) {
      column.appendTo(row, summary);
      row.append(',');
    }
    row.setLength(row.length() - 1);
  }
}
