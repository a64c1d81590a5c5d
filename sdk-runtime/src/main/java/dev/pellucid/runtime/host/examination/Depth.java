package dev.pellucid.runtime.host.examination;

/** How far an examination goes; each goes further than the one before. */
public enum Depth {
  /** Reads what the host tells, within a fraction of a second. Changes nothing, sends nothing. */
  LOOK,
  /** Also tries out the kernel in a scratch table, which is gone afterwards. */
  TRY,
  /** Also sends traffic to upstreams and, as from a client, to the proxy. Takes some seconds. */
  PROBE
}
