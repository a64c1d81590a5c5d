package dev.pellucid.runtime.host.state;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.MissingCommandException;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What ip(8) lists, in JSON. */
public final class IpTool {
  private static final ConfigParseOptions JSON =
      ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

  // BusyBox's ip, and that of an old iproute2.
  private static final Pattern NO_JSON =
      Pattern.compile("BusyBox|invalid option|unrecognized option|Option \"-\\w+\" is unknown");

  private IpTool() {}

  /** Whether ip is installed, and lists in JSON. */
  public static boolean usable() throws IOException, InterruptedException {
    try {
      list("link", "show", "lo");
      return true;
    } catch (MissingCommandException e) {
      return false;
    }
  }

  /**
   * Lists something. Tables and types are numbers, whatever names the host has for them: that takes
   * iproute2 5.2 or newer.
   *
   * @throws HostCommandException if ip refuses
   * @throws MissingCommandException if ip is not installed, or is not iproute2's
   */
  public static List<Config> list(String... arguments) throws IOException, InterruptedException {
    String[] command =
        Stream.concat(Stream.of("ip", "-json", "-Numeric"), Stream.of(arguments))
            .toArray(String[]::new);
    try {
      return parse(HostCommand.run(command));
    } catch (HostCommandException e) {
      throw printsNoJson(e.stderr())
          ? new MissingCommandException("ip", "`ip` is not that of iproute2 5.2 or newer")
          : e;
    }
  }

  static boolean printsNoJson(String stderr) {
    return NO_JSON.matcher(stderr).find();
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
