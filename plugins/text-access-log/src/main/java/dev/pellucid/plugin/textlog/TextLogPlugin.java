package dev.pellucid.plugin.textlog;

import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.log.LogField;
import dev.pellucid.api.log.LogFields;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/**
 * Brings the access log {@code text}.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code logger}</td><td>the SLF4J logger that gets the lines; default {@value
 * TextAccessLog#DEFAULT_LOGGER}</td></tr>
 * <tr><td>{@code format}</td><td>what a line looks like: text with {@code %{FIELD}}, HAProxy's
 * variables such as {@code %ci}, and {@code %%}; default as {@link TextAccessLog} shows it</td></tr>
 * <tr><td>{@code attributes}</td><td>attributes of connections that {@code format} may name too;
 * without {@code format} they follow at the end of the line</td></tr>
 * </table>
 */
public final class TextLogPlugin implements ProxyPlugin {

  @Override
  public List<AccessLogFactory> accessLogs() {
    return List.of(new Factory());
  }

  private static final class Factory implements AccessLogFactory {
    private static final String LOGGER = "logger";
    private static final String FORMAT = "format";

    @Override
    public String type() {
      return "text";
    }

    @Override
    public String description() {
      return "Writes a line of text for each connection to an SLF4J logger";
    }

    @Override
    public Set<String> keys() {
      return Set.of(LOGGER, FORMAT, LogFields.ATTRIBUTES);
    }

    @Override
    public AccessLog create(Settings settings, PluginContext context) {
      LogFields fields = new LogFields(settings, context);
      return new TextAccessLog(
          settings.text(LOGGER, TextAccessLog.DEFAULT_LOGGER),
          settings
              .read(FORMAT, format -> Format.parse(format, fields))
              .orElseGet(() -> Format.parse(defaultFormat(fields), fields)));
    }

    private static String defaultFormat(LogFields fields) {
      StringBuilder format = new StringBuilder(TextAccessLog.DEFAULT_FORMAT);
      for (LogField attribute : fields.attributes()) {
        String name = attribute.label();
        format.append(' ').append(name).append("=%{").append(name).append('}');
      }
      return format.toString();
    }
  }
}
