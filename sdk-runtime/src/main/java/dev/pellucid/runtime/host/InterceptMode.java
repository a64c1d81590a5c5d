package dev.pellucid.runtime.host;

/** How connections come to a listener. */
public enum InterceptMode {
  /** A TPROXY rule hands them over, their destination address untouched. */
  TPROXY,
  /** The listener is bound to an address that is not this host's. */
  FOREIGN,
  /** A REDIRECT or DNAT rule changes their destination. */
  REDIRECT,
  /** Clients connect to the listener's own address. */
  NONE
}
