package com.example.pellucid;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;

// #log
/**
 * The access log {@code slow}: a file with a line for each connection that took long.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code file}</td><td>where to; lines are added to what it has</td></tr>
 * <tr><td>{@code longer-than}</td><td>a duration; shorter ones are left out; 1s if not given</td></tr>
 * </table>
 */
final class SlowLog implements AccessLog {
  private final Writer file;
  private final Duration limit;

  SlowLog(Writer file, Duration limit) {
    this.file = file;
    this.limit = limit;
  }

  /** Each loop hands over its connections, so several may call at once. */
  @Override
  public synchronized void log(List<ConnectionSummary> summaries) {
    try {
      for (ConnectionSummary summary : summaries) {
        if (summary.totalTime().compareTo(limit) > 0) {
          file.write(line(summary));
        }
      }
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // #log

  private static String line(ConnectionSummary summary) {
    return "%s %s %s %d ms %s%n"
        .formatted(
            summary.connection().acceptedAt(),
            summary.connection().client(),
            summary.connection().originalDestination(),
            summary.totalTime().toMillis(),
            summary.termination());
  }

  static final class Factory implements AccessLogFactory {

    @Override
    public String type() {
      return "slow";
    }

    @Override
    public String description() {
      return "Writes a line to a file for each connection that took long";
    }

    @Override
    public Set<String> keys() {
      return Set.of("file", "longer-than");
    }

    @Override
    public AccessLog create(Settings settings, PluginContext context) {
      Duration limit = settings.duration("longer-than", Duration.ofSeconds(1));
      return new SlowLog(opened(settings), limit); // last, so that no error leaves the file open
    }

    private static Writer opened(Settings settings) {
      try {
        return Files.newBufferedWriter(
            settings.require("file", Path::of),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw settings.bad("file", "cannot be written: " + e);
      }
    }
  }
}
