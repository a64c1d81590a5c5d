package dev.pellucid.runtime.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that is refused. The message has one line for each problem. */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  /** Refuses a configuration for these problems, at least one. */
  public ConfigurationException(List<Problem> problems) {
    super(
        problems.stream()
            .map(Problem::toString)
            .collect(Collectors.joining(System.lineSeparator())));
    this.problems = List.copyOf(problems);
  }

  /** All that is wrong. */
  public List<Problem> problems() {
    return problems;
  }
}
