package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.DatagramFlow;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells to which session a datagram belongs.
 *
 * @param version the PROXY protocol header with which each datagram has to begin
 */
record SessionNames(ProxyProtocol version) {
  private static final Logger log = LoggerFactory.getLogger(SessionNames.class);

  /**
   * The session of a datagram, whose header is taken off. Null if it has to be dropped: the kernel
   * does not tell where it was sent to, or its header is not what it has to be.
   */
  @Nullable SessionName of(DatagramBatch batch, int index) {
    DatagramFlow flow = batch.flow(index);
    if (flow == null) {
      return null;
    }
    return version == ProxyProtocol.NONE
        ? new SessionName(flow, null)
        : takeHeader(flow, batch, index);
  }

  private @Nullable SessionName takeHeader(DatagramFlow flow, DatagramBatch batch, int index) {
    byte[] bytes = batch.get(index, Math.min(batch.length(index), ProxyHeaders.MAX_LENGTH));
    var decoded = ProxyHeaders.decode(version, Transport.UDP, bytes, bytes.length);
    if (decoded instanceof Complete complete) {
      batch.skip(index, complete.length());
      return new SessionName(flow, complete.header() instanceof Forwarded named ? named : null);
    }
    if (decoded instanceof Malformed malformed) {
      log.debug(
          "a datagram of {} is dropped, its PROXY protocol header is bad: {}",
          flow.clientAddress(),
          malformed.reason());
    }
    return null;
  }
}
