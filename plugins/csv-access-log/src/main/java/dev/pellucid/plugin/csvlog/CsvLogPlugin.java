package dev.pellucid.plugin.csvlog;

import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.log.LogFields;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/**
 * Brings the access log {@code csv}.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code logger}</td><td>the SLF4J logger that gets the lines; default {@code
 * access}</td></tr>
 * <tr><td>{@code fields}</td><td>the columns, in this order; default all fields</td></tr>
 * <tr><td>{@code attributes}</td><td>attributes of connections, the columns after those</td></tr>
 * <tr><td>{@code header}</td><td>whether a line with the columns' names comes before the first row;
 * default true</td></tr>
 * </table>
 */
public final class CsvLogPlugin implements ProxyPlugin {

  @Override
  public List<AccessLogFactory> accessLogs() {
    return List.of(new Factory());
  }

  private static final class Factory implements AccessLogFactory {
    private static final String LOGGER = "logger";
    private static final String HEADER = "header";

    @Override
    public String type() {
      return "csv";
    }

    @Override
    public String description() {
      return "Writes a line of comma-separated values for each connection that is over";
    }

    @Override
    public Set<String> keys() {
      return Set.of(LOGGER, LogFields.FIELDS, LogFields.ATTRIBUTES, HEADER);
    }

    @Override
    public AccessLog create(Settings settings, PluginContext context) {
      return new CsvAccessLog(
          settings.text(LOGGER, "access"),
          new LogFields(settings, context).columns(),
          settings.truth(HEADER, true));
    }
  }
}
