package dev.pellucid.javadsl;

import dev.pellucid.runtime.relay.ListenerMode;

/** How connections come to a listener. */
public enum Interception {
  /**
   * TPROXY rules of the firewall hand connections to the listener with their destination untouched.
   * Needs CAP_NET_RAW.
   */
  TPROXY(ListenerMode.TPROXY),
  /**
   * The listener's address is not this host's: clients that want to go there come here. Needs
   * CAP_NET_RAW, and rules that divert what is addressed there.
   */
  FOREIGN(ListenerMode.FOREIGN),
  /**
   * REDIRECT or DNAT rules of the firewall change where connections go, and the kernel's connection
   * tracking remembers where they went: for hosts without TPROXY. A connection of which it knows
   * nothing is not {@linkplain dev.pellucid.api.Connection#intercepted intercepted}.
   *
   * <p>Connection tracking takes a connection to the upstream for the client's own if both have the
   * same addresses and ports. So the client's address and port cannot be shown to the original
   * destination.
   */
  REDIRECT(ListenerMode.REDIRECT),
  /** Not at all: clients address the listener, as they do with a reverse proxy. */
  NONE(ListenerMode.DIRECT);

  private final ListenerMode mode;

  Interception(ListenerMode mode) {
    this.mode = mode;
  }

  ListenerMode mode() {
    return mode;
  }
}
