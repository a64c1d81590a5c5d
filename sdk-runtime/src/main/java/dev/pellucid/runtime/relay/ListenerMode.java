package dev.pellucid.runtime.relay;

/** How connections come to a listener. */
public enum ListenerMode {
  /** Clients address it. */
  DIRECT,
  /** TPROXY rules hand over what is addressed to others. */
  TPROXY,
  /** It listens at an address that is not this host's. */
  FOREIGN,
  /** REDIRECT or DNAT rules change where connections go. */
  REDIRECT;

  /** Whether the socket needs IP_TRANSPARENT. */
  boolean transparent() {
    return this == TPROXY || this == FOREIGN;
  }
}
