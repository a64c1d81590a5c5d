package dev.pellucid.plugin.jsonlog;

import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.log.LogFields;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/**
 * Brings the access log {@code json}.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code logger}</td><td>the SLF4J logger that gets the lines; default {@code
 * access}</td></tr>
 * <tr><td>{@code fields}</td><td>which fields an object has, in this order; default all</td></tr>
 * <tr><td>{@code attributes}</td><td>attributes of connections that follow them</td></tr>
 * </table>
 */
public final class JsonLogPlugin implements ProxyPlugin {

  @Override
  public List<AccessLogFactory> accessLogs() {
    return List.of(new Factory());
  }

  private static final class Factory implements AccessLogFactory {
    private static final String LOGGER = "logger";

    @Override
    public String type() {
      return "json";
    }

    @Override
    public String description() {
      return "Writes a JSON object for each connection that is over";
    }

    @Override
    public Set<String> keys() {
      return Set.of(LOGGER, LogFields.FIELDS, LogFields.ATTRIBUTES);
    }

    @Override
    public AccessLog create(Settings settings, PluginContext context) {
      return new JsonAccessLog(
          settings.text(LOGGER, "access"), new LogFields(settings, context).columns());
    }
  }
}
