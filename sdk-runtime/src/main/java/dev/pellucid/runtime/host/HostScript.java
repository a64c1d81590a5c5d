package dev.pellucid.runtime.host;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Shell commands that change the host's network settings. Each may be run again at any time.
 *
 * @param commands the commands, in order
 */
public record HostScript(List<String> commands) {

  /** Copies the list. */
  public HostScript {
    commands = List.copyOf(commands);
  }

  /** The script, which {@code sh -e} runs as well. */
  public String text() {
    return String.join("\n", commands) + "\n";
  }

  /**
   * Runs the commands in the calling thread's network namespace, up to the first that fails.
   * Blocks.
   *
   * @throws HostCommandException with the command that failed and what it said
   */
  public void run() throws IOException, InterruptedException {
    run(Map.of());
  }

  /**
   * Runs the commands as {@link #run()} does.
   *
   * @param environment environment variables to add
   */
  public void run(Map<String, String> environment) throws IOException, InterruptedException {
    for (String command : commands) {
      ProcessBuilder builder = HostCommand.builder("sh", "-euc", command);
      builder.environment().putAll(environment);
      HostCommand.finish(builder.start(), List.of(command));
    }
  }
}
