package dev.pellucid.api;

/** Which way bytes go, named by who sends them. */
public enum Direction {
  /** From the client to the upstream: what {@link ConnectionSummary#bytesFromClient} counts. */
  FROM_CLIENT,

  /** From the upstream to the client: what {@link ConnectionSummary#bytesFromUpstream} counts. */
  FROM_UPSTREAM
}
