package dev.pellucid.runtime.host;

import java.io.IOException;

/** A command that is not installed, or only another program of that name. */
public final class MissingCommandException extends IOException {
  private static final long serialVersionUID = 1;

  private final String command;

  MissingCommandException(String command) {
    super("`" + command + "` is not installed");
    this.command = command;
  }

  /**
   * A program that bears the command's name.
   *
   * @param message says that it is another, or too old
   */
  public MissingCommandException(String command, String message) {
    super(message);
    this.command = command;
  }

  /** The command's name. */
  public String command() {
    return command;
  }
}
