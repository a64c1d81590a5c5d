package dev.pellucid.plugin.textlog;

import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/**
 * Brings the access log {@code text}. Its only setting is {@code logger}, the name of the SLF4J
 * logger that gets the lines; without it that is {@value TextAccessLog#DEFAULT_LOGGER}.
 */
public final class TextLogPlugin implements ProxyPlugin {

  @Override
  public List<AccessLogFactory> accessLogs() {
    return List.of(new Factory());
  }

  private static final class Factory implements AccessLogFactory {
    private static final String LOGGER = "logger";

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
      return Set.of(LOGGER);
    }

    @Override
    public AccessLog create(Settings settings, PluginContext context) {
      return new TextAccessLog(settings.text(LOGGER, TextAccessLog.DEFAULT_LOGGER));
    }
  }
}
