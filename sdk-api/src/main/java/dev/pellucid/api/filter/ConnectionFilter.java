package dev.pellucid.api.filter;

import dev.pellucid.api.Connection;

/**
 * Decides whether a connection may pass.
 *
 * <p>{@link #decide} runs on an event loop, possibly on several loops at once, and must not block;
 * what takes time answers with {@link Verdict#later}. If it throws, the connection is refused and
 * the error logged; the listener goes on.
 */
@FunctionalInterface
public interface ConnectionFilter extends AutoCloseable {

  /** Decides on one connection. Called once for each, in the order of acceptance on its loop. */
  Verdict decide(Connection connection);

  /** Called once, after the last connection was decided. */
  @Override
  default void close() {}
}
