package dev.pellucid.runtime.proxyprotocol;

import dev.pellucid.api.Transport;
import java.net.InetSocketAddress;

/** What a PROXY protocol header says of the connection, or the datagram, that it precedes. */
public sealed interface ProxyHeader {

  /**
   * It is forwarded for a client.
   *
   * @param transport what the client speaks
   * @param source the client's address and port
   * @param destination the address and port that the client asked for
   */
  record Forwarded(Transport transport, InetSocketAddress source, InetSocketAddress destination)
      implements ProxyHeader {
    /**
     * Checks the addresses.
     *
     * @throws IllegalArgumentException if one of them is not resolved
     */
    public Forwarded {
      requireResolved(source);
      requireResolved(destination);
    }

    private static void requireResolved(InetSocketAddress address) {
      if (address.isUnresolved()) {
        throw new IllegalArgumentException("not an address: " + address.getHostString());
      }
    }
  }

  /** It names nobody; the connection's own addresses count. */
  enum Unnamed implements ProxyHeader {
    /**
     * The sender speaks for itself, as its health checks do. Version 1 has no word for it and says
     * {@link #UNKNOWN}.
     */
    LOCAL,
    /** The sender does not know the client, or cannot write its kind of address. */
    UNKNOWN
  }
}
