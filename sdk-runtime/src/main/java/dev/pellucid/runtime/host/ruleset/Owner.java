package dev.pellucid.runtime.host.ruleset;

/** The socket that a packet would be delivered to, if it were delivered to this host. */
public enum Owner {
  /** None. */
  NONE,
  /** A listener bound to any address. */
  LISTENER,
  /** A transparent listener bound to any address. */
  TRANSPARENT_LISTENER,
  /** A transparent socket with an address of its own: a connection, or one in TIME_WAIT. */
  TRANSPARENT_SOCKET
}
