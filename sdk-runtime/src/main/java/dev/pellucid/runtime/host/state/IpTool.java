package dev.pellucid.runtime.host.state;

import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.Json;
import dev.pellucid.runtime.host.MissingCommandException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What ip(8) lists, in JSON. */
public final class IpTool {
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
  public static List<Json> list(String... arguments) throws IOException, InterruptedException {
    List<Json> list = new ArrayList<>();
    each(list::add, "", arguments);
    return list;
  }

  /**
   * The same for what may be long.
   *
   * @param each is given what is listed, one after the other, on another thread
   * @param input what ip reads; empty for nothing
   */
  static void each(Consumer<Json> each, String input, String... arguments)
      throws IOException, InterruptedException {
    String[] command =
        Stream.concat(Stream.of("ip", "-json", "-Numeric"), Stream.of(arguments))
            .toArray(String[]::new);
    try {
      var unused =
          HostCommand.run(
              listing -> {
                Json.elements(listing, each);
                return true;
              },
              input,
              command);
    } catch (HostCommandException e) {
      throw printsNoJson(e.stderr())
          ? new MissingCommandException("ip", "`ip` is not that of iproute2 5.2 or newer")
          : e;
    }
  }

  static boolean printsNoJson(String stderr) {
    return NO_JSON.matcher(stderr).find();
  }
}
