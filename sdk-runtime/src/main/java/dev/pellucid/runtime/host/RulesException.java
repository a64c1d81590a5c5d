package dev.pellucid.runtime.host;

import java.io.IOException;

/** Rules that cannot be applied or removed here. Nothing has changed. */
public final class RulesException extends IOException {
  private static final long serialVersionUID = 1;

  RulesException(String message) {
    super(message);
  }
}
