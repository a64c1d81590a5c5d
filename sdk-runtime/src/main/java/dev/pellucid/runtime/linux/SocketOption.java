package dev.pellucid.runtime.linux;

/** The integer socket options Pellucid sets. */
public enum SocketOption {
  /** A restarted listener may bind while old connections linger in TIME_WAIT. */
  SO_REUSEADDR(1, 2),
  /** Several listeners, one per loop, share a port; the kernel spreads the connections. */
  SO_REUSEPORT(1, 15),
  /** Probes whether a silent peer is still there. */
  SO_KEEPALIVE(1, 9),
  /** Sends small segments at once. */
  TCP_NODELAY(6, 1),
  /** Acknowledges at once; without it, the kernel waits a moment for data to send along. */
  TCP_QUICKACK(6, 12),
  /** Binds and accepts addresses that are not this host's. Needs CAP_NET_RAW. Also for IPv6. */
  IP_TRANSPARENT(0, 19),
  /** Tells with each datagram which address and port it was sent to. */
  IP_RECVORIGDSTADDR(0, 20),
  /** The same for IPv6. */
  IPV6_RECVORIGDSTADDR(41, 74),
  /** How many bytes may wait to be received; the kernel doubles it for its own needs. */
  SO_RCVBUF(1, 8),
  /** Leaves the choice of the local port to connect, where it is made per destination. */
  IP_BIND_ADDRESS_NO_PORT(0, 24),
  /** An IPv6 listener takes IPv6 alone. */
  IPV6_V6ONLY(41, 26);

  final int level;
  final int number;

  SocketOption(int level, int number) {
    this.level = level;
    this.number = number;
  }
}
