package dev.pellucid.sample.benchmark;

/** A proxy to be measured. To measure another one, implement this and add it to {@link Peers}. */
interface Peer {
  PeerId id();

  /**
   * Starts it on the proxy's host.
   *
   * @param lane the ports it listens on and relays to
   * @return its process, which need not accept yet
   */
  Process start(Lane lane, Site site) throws Exception;

  /** The process that does the work, once it accepts. */
  default ProcessHandle worker(Process started) {
    return started.toHandle();
  }

  /** Whether it runs on a JVM: then it has to warm up, and can be asked for its heap. */
  default boolean java() {
    return false;
  }

  /** Whether it relays UDP as well, on the same ports as TCP. */
  default boolean relaysUdp() {
    return false;
  }
}
