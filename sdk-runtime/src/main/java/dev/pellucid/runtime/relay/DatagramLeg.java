package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.DatagramBatch;

/** One of a session's two sockets, as far as something is sent to it. */
interface DatagramLeg {

  /**
   * Sends datagrams.
   *
   * @param from the first
   * @param to after the last
   * @return how many were sent, or the negative errno if the first could not be
   */
  int send(DatagramBatch batch, int from, int to);

  /** Lets go of the socket. */
  void close();
}
