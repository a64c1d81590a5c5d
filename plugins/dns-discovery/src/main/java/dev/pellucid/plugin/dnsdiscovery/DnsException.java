package dev.pellucid.plugin.dnsdiscovery;

import org.jspecify.annotations.Nullable;

/** An answer that did not come, or is of no use. The message names what was asked for. */
final class DnsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DnsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
