package dev.pellucid.runtime.config;

/** Where connections go. */
public enum Route {
  /** To an upstream of the pool. */
  POOL,
  /** To where the client wanted to go. */
  ORIGINAL_DESTINATION
}
