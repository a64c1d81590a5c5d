package dev.pellucid.runtime.plugin;

import java.util.List;

/** Plugins that cannot be used. The message has one line for each problem. */
public final class PluginException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PluginException(String problem) {
    super(problem);
  }

  PluginException(String problem, Throwable cause) {
    super(problem, cause);
  }

  PluginException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
  }
}
