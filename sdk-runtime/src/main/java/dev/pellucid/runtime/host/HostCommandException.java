package dev.pellucid.runtime.host;

import java.io.IOException;
import java.util.List;

/** A command that ended with an error. */
public final class HostCommandException extends IOException {
  private static final long serialVersionUID = 1;

  private final String command;
  private final int exitCode;
  private final String stderr;

  HostCommandException(List<String> command, int exitCode, String stderr) {
    this(String.join(" ", command), exitCode, stderr);
  }

  private HostCommandException(String command, int exitCode, String stderr) {
    super("`" + command + "` ended with " + exitCode + ": " + stderr.strip());
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }

  /** The command with its arguments. */
  public String command() {
    return command;
  }

  /** What it ended with, not 0. */
  public int exitCode() {
    return exitCode;
  }

  /** What it wrote to standard error. */
  public String stderr() {
    return stderr;
  }
}
