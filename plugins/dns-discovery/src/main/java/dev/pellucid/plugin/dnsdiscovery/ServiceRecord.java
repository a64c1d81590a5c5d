package dev.pellucid.plugin.dnsdiscovery;

/**
 * An SRV record.
 *
 * @param priority servers of a higher one are for when those of lower ones have failed
 * @param weight the server's share among those of its priority; 0 is less than any other
 * @param port its port
 * @param target its name
 */
record ServiceRecord(int priority, int weight, int port, String target) {

  /**
   * Reads {@code priority weight port target}.
   *
   * @throws DnsException if it has another form, or a server has port 0
   */
  static ServiceRecord parse(String text) {
    String[] words = text.split(" ", -1);
    if (words.length != 4) {
      throw new DnsException("not an SRV record: \"" + text + "\"", null);
    }
    ServiceRecord read =
        new ServiceRecord(
            Integer.parseInt(words[0]),
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            words[3]);
    if (read.port == 0 && !read.isNone()) {
      throw new DnsException("an SRV record without a port: \"" + text + "\"", null);
    }
    return read;
  }

  /** Whether it says that there is no such service, which a target of "." does. */
  boolean isNone() {
    return target.equals(".");
  }
}
