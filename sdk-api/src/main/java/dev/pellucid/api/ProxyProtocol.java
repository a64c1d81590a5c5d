package dev.pellucid.api;

/**
 * Whether a connection begins with a header that names its client and its original destination, as
 * HAProxy's PROXY protocol has it. Both ends have to be told the same: nobody guesses.
 */
public enum ProxyProtocol {
  /** No header. */
  NONE,
  /** A line of text. TCP only. */
  V1,
  /** A binary header. */
  V2
}
