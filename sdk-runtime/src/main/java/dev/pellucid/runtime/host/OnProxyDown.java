package dev.pellucid.runtime.host;

/** What happens to connections meant for a listener while nothing listens there. */
public enum OnProxyDown {
  /** Their packets are dropped: clients run into their connect timeout. */
  BLOCK,
  /** They are refused. Only nft can do this. */
  RESET,
  /** They pass the proxy by. Only nft can do this. */
  BYPASS
}
