package dev.pellucid.plugin.textlog;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Transport;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.LogFields;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line for each connection to an SLF4J logger, at level INFO. Unless another format is
 * set, it looks like this:
 *
 * <pre>
 * time=2026-01-31T12:00:00.250Z id=17 client=10.1.0.2:40312 destination=10.9.9.9:80 upstream=10.2.0.2:80 from-client=78 from-upstream=5120 connect-ms=0.412 total-ms=3.071 end=-- cause=finished
 * </pre>
 *
 * The fields are those of {@link dev.pellucid.api.log.SummaryField}. They always come in this
 * order, separated by one space; {@code -} stands for a value there is none of, and no value has a
 * space in it. Later versions may add fields at the end.
 */
public final class TextAccessLog implements AccessLog {
  /** The logger that gets the lines unless another is named. */
  public static final String DEFAULT_LOGGER = "access";

  static final String DEFAULT_FORMAT =
      "time=%{time} id=%{id} client=%{client} destination=%{destination} upstream=%{upstream}"
          + " from-client=%{from-client} from-upstream=%{from-upstream}"
          + " connect-ms=%{connect-ms} total-ms=%{total-ms} end=%{end} cause=%{cause}";

  private final Logger logger;
  private final Format format;

  /** A log that writes to {@value #DEFAULT_LOGGER}. */
  public TextAccessLog() {
    this(DEFAULT_LOGGER);
  }

  /** A log that writes to the logger of the given name. */
  public TextAccessLog(String logger) {
    this(logger, Format.parse(DEFAULT_FORMAT, withoutSettings()));
  }

  TextAccessLog(String logger, Format format) {
    this.logger = LoggerFactory.getLogger(logger);
    this.format = format;
  }

  private static LogFields withoutSettings() {
    return new LogFields(
        new Settings(ConfigFactory.empty()), new PluginContext("", Transport.TCP, Set.of()));
  }

  @Override
  public void log(List<ConnectionSummary> summaries) {
    if (!logger.isInfoEnabled()) {
      return;
    }
    StringBuilder line = new StringBuilder(256);
    for (ConnectionSummary summary : summaries) {
      line.setLength(0);
      format.appendTo(line, summary);
      logger.info(line.toString());
    }
  }
}
