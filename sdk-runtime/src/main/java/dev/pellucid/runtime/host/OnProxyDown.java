package dev.pellucid.runtime.host;

/**
 * What happens to traffic meant for a listener while nothing listens there. Not every rule can do
 * everything: see {@link Intercept} and {@link Rules#applying}.
 */
public enum OnProxyDown {
  /** Its packets are dropped: clients run into their connect timeout. */
  BLOCK,
  /** It is refused: TCP with a reset, UDP with an ICMP message that the port is unreachable. */
  RESET,
  /** It passes the proxy by. */
  BYPASS
}
