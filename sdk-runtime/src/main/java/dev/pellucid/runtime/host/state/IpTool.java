package dev.pellucid.runtime.host.state;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.pellucid.runtime.host.HostCommand;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** What ip(8) lists, in JSON. */
public final class IpTool {
  private static final ConfigParseOptions JSON =
      ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

  private IpTool() {}

  /**
   * Lists something. Tables and types are numbers, whatever names the host has for them: that takes
   * iproute2 5.2 or newer.
   *
   * @throws dev.pellucid.runtime.host.HostCommandException if ip refuses
   */
  public static List<Config> list(String... arguments) throws IOException, InterruptedException {
    String[] command =
        Stream.concat(Stream.of("ip", "-json", "-Numeric"), Stream.of(arguments))
            .toArray(String[]::new);
    return parse(HostCommand.run(command));
  }

  /** Reads a list. Older versions print nothing for an empty one. */
  static List<Config> parse(String json) throws IOException {
    String list = json.isBlank() ? "[]" : json;
    try {
      return List.copyOf(
          ConfigFactory.parseString("{\"list\":" + list + "}", JSON).getConfigList("list").stream()
              .map(Config.class::cast)
              .filter(element -> !element.isEmpty())
              .toList());
    } catch (ConfigException e) {
      throw new IOException("ip prints what cannot be read: " + e.getMessage(), e);
    }
  }
}
