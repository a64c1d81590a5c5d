package dev.pellucid.sample.benchmark;

import dev.pellucid.lab.LabNetwork;
import java.net.InetSocketAddress;

/**
 * A peer's own ports, so that peers can run side by side.
 *
 * @param origin the port of the web server
 * @param listener the port the peer listens on
 */
record Lane(int origin, int listener) {
  private static final int FIRST_ORIGIN = 8000;
  private static final int FIRST_LISTENER = 20000;

  static Lane of(int index) {
    return new Lane(FIRST_ORIGIN + index, FIRST_LISTENER + index);
  }

  /** What clients connect to. */
  InetSocketAddress target(Role role, LabNetwork net) {
    return role.intercepts() ? net.server(0).at(origin) : net.proxy().at(listener);
  }
}
