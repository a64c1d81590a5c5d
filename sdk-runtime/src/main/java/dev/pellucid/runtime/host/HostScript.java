package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Shell commands that change the host's network settings. Each may be run again at any time: it
 * looks first, changes what is not as it should be, and writes a line for what it has changed.
 *
 * @param commands the commands, in order, each with comments that explain it
 */
public record HostScript(List<String> commands) {

  /** Copies the list. */
  public HostScript {
    commands = List.copyOf(commands);
  }

  /** The script, which ends with the first command that fails, however it is run. */
  public String text() {
    return "#!/bin/sh\nset -eu\n\n"
        + commands.stream().map(command -> command + "\n").collect(joining("\n"));
  }

  /**
   * Runs the commands in the calling thread's network namespace, up to the first that fails.
   * Blocks.
   *
   * @return what they have changed, a line each
   * @throws HostCommandException with what the command that failed is for, its first line, and what
   *     it said
   */
  public List<String> run() throws IOException, InterruptedException {
    return run(Map.of());
  }

  /**
   * Runs the commands as {@link #run()} does.
   *
   * @param environment environment variables to add
   */
  public List<String> run(Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> changes = new ArrayList<>();
    for (String command : commands) {
      ProcessBuilder builder = HostCommand.builder("sh", "-euc", command);
      builder.environment().putAll(environment);
      HostCommand.finish(builder.start(), List.of(firstLine(command)))
          .lines()
          .forEach(changes::add);
    }
    return List.copyOf(changes);
  }

  private static String firstLine(String command) {
    return command.lines().findFirst().orElse(command);
  }
}
