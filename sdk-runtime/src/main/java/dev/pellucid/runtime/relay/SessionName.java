package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.DatagramFlow;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What tells one session from another.
 *
 * @param flow who sent the datagrams to whom
 * @param forwarded for whom they were sent, if a PROXY protocol header names a client
 */
record SessionName(DatagramFlow flow, @Nullable Forwarded forwarded) {

  /** The client. */
  InetSocketAddress client() {
    return forwarded == null ? flow.clientAddress() : forwarded.source();
  }

  /** Whom the client wanted to reach. */
  InetSocketAddress destination() {
    return forwarded == null ? flow.destinationAddress() : forwarded.destination();
  }
}
