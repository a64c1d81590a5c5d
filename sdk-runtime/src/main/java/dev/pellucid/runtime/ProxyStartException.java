package dev.pellucid.runtime;

import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.host.examination.Finding;

/** A proxy that cannot start. The message names the listener, what it lacks, and the remedy. */
public final class ProxyStartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ProxyStartException(Finding finding) {
    super(
        "%s: %s %s%n%s"
            .formatted(finding.subject(), finding.what(), finding.why(), finding.cure()));
  }

  ProxyStartException(ListenerConfig listener, Throwable cause) {
    this("listener " + listener.name() + ": " + cause.getMessage(), cause);
  }

  ProxyStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
