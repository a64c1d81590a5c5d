package dev.pellucid.runtime.host.ruleset;

/** The places of the kernel where chains are called. */
public enum Hook {
  /** What has arrived, before its route is known. */
  PREROUTING,
  /** What is delivered to this host. */
  INPUT,
  /** What this host passes on. */
  FORWARD,
  /** What this host sends. */
  OUTPUT,
  /** What leaves, its route known. */
  POSTROUTING
}
