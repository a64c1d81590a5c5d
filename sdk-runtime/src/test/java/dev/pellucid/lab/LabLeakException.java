package dev.pellucid.lab;

import java.util.List;

/** Something that was started in the lab would not end with it. */
public final class LabLeakException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  LabLeakException(List<String> leaks) {
    super("still there after the lab was closed:\n  " + String.join("\n  ", leaks));
  }
}
