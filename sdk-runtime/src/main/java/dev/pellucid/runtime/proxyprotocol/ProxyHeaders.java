package dev.pellucid.runtime.proxyprotocol;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Incomplete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import java.net.InetSocketAddress;

/** Writes and reads headers of either version. */
public final class ProxyHeaders {
  /** The longest header that is read, in bytes, with all its extensions. */
  public static final int MAX_LENGTH = 4096;

  private ProxyHeaders() {}

  /**
   * Writes a header. If only one of its addresses is IPv6, the other is written as an IPv4-mapped
   * IPv6 address, because a header has but one family.
   *
   * @throws IllegalArgumentException if the version has no such header: NONE has none, V1 none of a
   *     client that speaks UDP
   */
  public static byte[] encode(ProxyProtocol version, ProxyHeader header) {
    return switch (version) {
      case NONE -> throw none();
      case V1 -> TextHeader.encode(header);
      case V2 -> BinaryHeader.encode(header);
    };
  }

  /**
   * Reads the header at the beginning of a connection, or of a datagram. It is given all bytes from
   * the first each time that more have come.
   *
   * <p>A header that names a wildcard address is malformed: whoever binds to it would bind to an
   * address of its own. So is one whose client speaks another transport, and, as no more can come,
   * a header that is cut off by the end of its datagram.
   *
   * @param transport what the bytes came over
   * @param bytes the bytes; those from {@code length} on are not looked at
   * @throws IllegalArgumentException if the version is NONE, or V1 over UDP
   */
  public static Decoded decode(
      ProxyProtocol version, Transport transport, byte[] bytes, int length) {
    Decoded decoded =
        switch (version) {
          case NONE -> throw none();
          case V1 -> TextHeader.decode(requireTcp(transport, bytes), length);
          case V2 -> BinaryHeader.decode(bytes, length);
        };
    if (decoded instanceof Complete complete
        && complete.header() instanceof Forwarded forwarded
        && !plausible(forwarded, transport)) {
      return new Malformed("it makes no sense here: " + forwarded);
    }
    if (decoded instanceof Incomplete && transport == Transport.UDP) {
      return new Malformed("the datagram ends within it");
    }
    return decoded;
  }

  private static byte[] requireTcp(Transport transport, byte[] bytes) {
    if (transport != Transport.TCP) {
      throw new IllegalArgumentException("version 1 is for TCP only");
    }
    return bytes;
  }

  private static IllegalArgumentException none() {
    return new IllegalArgumentException("without the PROXY protocol there is no header");
  }

  private static boolean plausible(Forwarded forwarded, Transport transport) {
    return forwarded.transport() == transport
        && isSomebody(forwarded.source())
        && isSomebody(forwarded.destination());
  }

  private static boolean isSomebody(InetSocketAddress address) {
    return !address.getAddress().isAnyLocalAddress();
  }
}
