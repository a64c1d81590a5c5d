package dev.pellucid.plugin.servername;

/** Reads the first bytes of a client that speaks a certain protocol. */
@FunctionalInterface
interface Protocol {
  /** How many bytes can be looked at. */
  int MOST = 16384;

  /**
   * Tells what the bytes say. Whatever they are, nothing is thrown.
   *
   * @param seen the first bytes of the client, up to {@value #MOST}
   * @param before how many of them were not enough before
   */
  Reading read(byte[] seen, int before);
}
