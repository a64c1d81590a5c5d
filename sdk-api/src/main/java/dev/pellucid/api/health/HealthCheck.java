package dev.pellucid.api.health;

import dev.pellucid.api.Upstream;
import java.time.Duration;

/**
 * Finds out whether an upstream works. This version of the runtime lists health checks and does not
 * run them yet.
 */
@FunctionalInterface
public interface HealthCheck extends AutoCloseable {

  /**
   * Checks an upstream, once. Called on ordinary threads, where it may block, for several upstreams
   * at once but never twice at a time for one.
   *
   * @param limit how long the check may take; one that goes on is interrupted and counts as failed
   * @throws Exception if the upstream does not work; the message says what was seen, and is shown
   *     to the user
   */
  void check(Upstream upstream, Duration limit) throws Exception;

  /** Called once, after the last check. */
  @Override
  default void close() {}
}
