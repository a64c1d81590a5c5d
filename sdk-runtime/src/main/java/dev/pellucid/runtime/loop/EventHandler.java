package dev.pellucid.runtime.loop;

/** Receives the events of one descriptor, on its loop. */
@FunctionalInterface
public interface EventHandler {

  /**
   * Something happened. Edge-triggered: each event is told once.
   *
   * @param events a set of {@link dev.pellucid.runtime.linux.Epoll}'s bits
   */
  void onEvents(int events);
}
