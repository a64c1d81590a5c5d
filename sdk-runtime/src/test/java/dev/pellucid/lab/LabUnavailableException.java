package dev.pellucid.lab;

import java.io.IOException;

/** The lab cannot be built here. The message says why, and what to do about it. */
public final class LabUnavailableException extends IOException {
  private static final long serialVersionUID = 1;

  LabUnavailableException(String what, IOException cause) {
    super(
        """
        %s: %s
          either run as root,
          or start this JVM inside a user namespace, with loopback up before it starts:
            unshare --user --map-root-user --net --mount sh -c 'ip link set lo up && exec java …'
          or skip the lab's tests on purpose with -Dlab=off"""
            .formatted(what, cause.getMessage()),
        cause);
  }
}
