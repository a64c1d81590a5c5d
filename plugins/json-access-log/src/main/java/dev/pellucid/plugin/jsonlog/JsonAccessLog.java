package dev.pellucid.plugin.jsonlog;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.LogField;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one JSON object in one line for each connection to an SLF4J logger, at level INFO. What
 * there is no value of is left out. All is ASCII: other characters are escaped.
 */
final class JsonAccessLog implements AccessLog {
  private final Logger logger;
  private final List<Member> members;

  JsonAccessLog(String logger, List<LogField> fields) {
    this.logger = LoggerFactory.getLogger(logger);
    this.members = fields.stream().map(Member::of).toList();
  }

  @Override
  public void log(List<ConnectionSummary> summaries) {
    if (!logger.isInfoEnabled()) {
      return;
    }
    StringBuilder line = new StringBuilder(512);
    for (ConnectionSummary summary : summaries) {
      line.setLength(0);
      appendTo(line, summary);
      logger.info(line.toString());
    }
  }

  private void appendTo(StringBuilder line, ConnectionSummary summary) {
    line.append('{');
    for (Member member : members) {
      member.appendTo(line, summary);
    }
    line.append('}');
  }
}
