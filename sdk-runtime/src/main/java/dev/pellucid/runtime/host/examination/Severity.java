package dev.pellucid.runtime.host.examination;

/** How bad a finding is. */
public enum Severity {
  /** The proxy cannot start, or no socket of it could do what it is there for. */
  FATAL,
  /** Traffic does not flow, or flows otherwise than the configuration says. */
  BROKEN,
  /** Traffic flows, but some of it would not under load, or once something happens. */
  RISK
}
