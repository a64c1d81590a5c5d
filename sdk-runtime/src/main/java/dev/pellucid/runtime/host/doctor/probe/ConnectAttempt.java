package dev.pellucid.runtime.host.doctor.probe;

import dev.pellucid.api.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A connection to be tried.
 *
 * @param transport TCP, or UDP, by which an empty datagram is sent
 * @param source the address to come from, which need not be this host's; empty: this host's own
 * @param destination where to
 * @param mark what its packets are marked with; 0: nothing
 */
record ConnectAttempt(
    Transport transport, Optional<InetAddress> source, InetSocketAddress destination, int mark) {

  /**
   * What became of it.
   *
   * @param errno 0 if it was established, or if nothing was heard of a datagram; otherwise the
   *     error, ETIMEDOUT if there was no answer
   * @param local its own address
   */
  record Outcome(int errno, InetAddress local) {
    boolean succeeded() {
      return errno == 0;
    }
  }
}
