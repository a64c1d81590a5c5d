package dev.pellucid.runtime;

import dev.pellucid.runtime.config.ListenerConfig;

/** A proxy that cannot start. The message names the listener, what it lacks, and the remedy. */
public final class ProxyStartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ProxyStartException(ListenerConfig listener, String reason) {
    super("listener " + listener.name() + ": " + reason);
  }

  ProxyStartException(ListenerConfig listener, Throwable cause) {
    this("listener " + listener.name() + ": " + cause.getMessage(), cause);
  }

  ProxyStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
