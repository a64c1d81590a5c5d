package dev.pellucid.javadsl;

/** How connections come to a listener. */
public enum Interception {
  /**
   * TPROXY rules of the firewall hand connections to the listener with their destination untouched.
   * Needs CAP_NET_RAW.
   */
  TPROXY,
  /** Not at all: clients address the listener, as they do with a reverse proxy. */
  NONE
}
