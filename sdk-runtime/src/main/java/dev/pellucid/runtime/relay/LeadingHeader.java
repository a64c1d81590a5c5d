package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Unnamed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The PROXY protocol header with which each connection to an upstream begins, if it has one. */
final class LeadingHeader {
  private static final Logger log = LoggerFactory.getLogger(LeadingHeader.class);

  private final byte[] bytes;

  private LeadingHeader(ProxyProtocol version, ProxyHeader header) {
    this.bytes = version == ProxyProtocol.NONE ? new byte[0] : ProxyHeaders.encode(version, header);
  }

  /** Names a connection's client and original destination. */
  static LeadingHeader of(ProxyProtocol version, TcpConnection connection) {
    return new LeadingHeader(
        version,
        new Forwarded(Transport.TCP, connection.client(), connection.originalDestination()));
  }

  /** Says that the proxy speaks for itself. */
  static LeadingHeader ofProxy(ProxyProtocol version) {
    return new LeadingHeader(version, Unnamed.LOCAL);
  }

  /** Whether there is no header. */
  boolean isEmpty() {
    return bytes.length == 0;
  }

  /**
   * Sends the header over a connection that has sent nothing yet.
   *
   * @param more whether more bytes follow at once; they may travel in the same segment then
   * @throws DialException if it was not sent as a whole; the upstream has seen no byte of the
   *     client
   */
  void send(EventLoop loop, int fd, boolean more) throws DialException {
    NativeMemory buffer = loop.buffer();
    buffer.put(0, bytes, 0, bytes.length);
    long sent = SocketCalls.send(fd, buffer.address(), bytes.length, more);
    if (sent == -Errno.EPIPE || sent == -Errno.ECONNRESET) {
      throw DialException.ofConnect(Errno.ECONNRESET);
    }
    if (sent != bytes.length) {
      // Not for want of room: nothing was sent before, and the smallest send buffer has enough.
      DialException failure =
          DialException.ofHeader(sent < 0 ? Errno.describe((int) -sent) : "it was cut short");
      log.warn("a connection to an upstream is given up", failure);
      throw failure;
    }
  }
}
