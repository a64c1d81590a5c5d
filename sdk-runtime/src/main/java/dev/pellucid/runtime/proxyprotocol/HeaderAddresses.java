package dev.pellucid.runtime.proxyprotocol;

import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The two addresses of a header as bytes of one family. */
final class HeaderAddresses {
  static final int SIZE_4 = 4;
  static final int SIZE_6 = 16;

  private HeaderAddresses() {}

  /** How many bytes each of a header's addresses takes. */
  static int size(Forwarded header) {
    return header.source().getAddress() instanceof Inet4Address
            && header.destination().getAddress() instanceof Inet4Address
        ? SIZE_4
        : SIZE_6;
  }

  /** The bytes of an address, with an IPv4 one mapped to IPv6 if that is the size. */
  static byte[] bytes(InetAddress address, int size) {
    byte[] bytes = address.getAddress();
    if (bytes.length == size) {
      return bytes;
    }
    byte[] mapped = new byte[SIZE_6];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(bytes, 0, mapped, SIZE_6 - SIZE_4, SIZE_4);
    return mapped;
  }

  /** The address that so many bytes stand for; a mapped one is IPv4 again. */
  static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 are legal lengths", e);
    }
  }
}
