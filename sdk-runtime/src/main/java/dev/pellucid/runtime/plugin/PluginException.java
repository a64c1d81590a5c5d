package dev.pellucid.runtime.plugin;

import java.util.List;

/**
 * A plugin that cannot be used. The message has one line for each problem, which names the jar and
 * says what to do.
 */
public final class PluginException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  PluginException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  PluginException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  List<String> problems() {
    return problems;
  }
}
