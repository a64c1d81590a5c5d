package dev.pellucid.runtime.host;

import java.io.IOException;

/** A command that is not installed. */
public final class MissingCommandException extends IOException {
  private static final long serialVersionUID = 1;

  private final String command;

  MissingCommandException(String command) {
    super("`" + command + "` is not installed");
    this.command = command;
  }

  /** The command's name. */
  public String command() {
    return command;
  }
}
