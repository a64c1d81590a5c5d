package dev.pellucid.plugin.textlog;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.AccessLog;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line for each connection to an SLF4J logger, at level INFO.
 *
 * <pre>
 * time=2026-01-31T12:00:00.250Z id=17 client=10.1.0.2:40312 destination=10.9.9.9:80 upstream=10.2.0.2:80 from-client=78 from-upstream=5120 connect-ms=0.412 total-ms=3.071 end=-- cause=finished
 * </pre>
 *
 * The fields always come in this order, separated by one space; {@code -} stands for a value there
 * is none of. Later versions may add fields at the end.
 *
 * <table>
 * <caption>Fields</caption>
 * <tr><td>time</td><td>when the connection was accepted, UTC</td></tr>
 * <tr><td>id</td><td>the connection's number, unique in the process</td></tr>
 * <tr><td>client</td><td>the client's address and port; IPv6 in brackets, zeros written out</td></tr>
 * <tr><td>destination</td><td>the address and port the client asked for</td></tr>
 * <tr><td>upstream</td><td>the upstream it was routed to, or {@code -}</td></tr>
 * <tr><td>from-client</td><td>bytes passed on from the client to the upstream</td></tr>
 * <tr><td>from-upstream</td><td>bytes passed on from the upstream to the client</td></tr>
 * <tr><td>connect-ms</td><td>milliseconds from acceptance until the upstream was connected, or {@code
 * -}</td></tr>
 * <tr><td>total-ms</td><td>milliseconds from acceptance until both legs were closed</td></tr>
 * <tr><td>end</td><td>two letters, who ended it and in which phase: {@link
 * dev.pellucid.api.Termination#code}</td></tr>
 * <tr><td>cause</td><td>why, in one word: {@link dev.pellucid.api.Termination.Cause#text}</td></tr>
 * </table>
 */
public final class TextAccessLog implements AccessLog {
  /** The logger that gets the lines unless another is named. */
  public static final String DEFAULT_LOGGER = "access";

  private final Logger logger;

  /** A log that writes to {@value #DEFAULT_LOGGER}. */
  public TextAccessLog() {
    this(DEFAULT_LOGGER);
  }

  /** A log that writes to the logger of the given name. */
  public TextAccessLog(String logger) {
    this.logger = LoggerFactory.getLogger(logger);
  }

  @Override
  public void log(List<ConnectionSummary> summaries) {
    if (!logger.isInfoEnabled()) {
      return;
    }
    Line line = new Line();
    for (ConnectionSummary summary : summaries) {
      logger.info(line.of(summary));
    }
  }
}
