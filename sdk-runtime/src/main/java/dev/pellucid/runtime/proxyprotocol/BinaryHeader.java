package dev.pellucid.runtime.proxyprotocol;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Incomplete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Unnamed;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Version 2: a binary header (section 2.2). */
final class BinaryHeader {
  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };
  private static final int COMMAND_AT = 12;
  private static final int FAMILY_AT = 13;
  private static final int LENGTH_AT = 14;

  /** What comes before the addresses. */
  static final int FIXED_LENGTH = 16;

  private static final int VERSION = 2;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int UNSPEC = 0;
  private static final int INET = 1;
  private static final int INET6 = 2;
  private static final int UNIX = 3;
  private static final int STREAM = 1;
  private static final int DGRAM = 2;
  private static final int UNIX_SIZE = 2 * 108;

  private BinaryHeader() {}

  static byte[] encode(ProxyHeader header) {
    if (header instanceof Forwarded forwarded) {
      return encode(forwarded);
    }
    int command = header == Unnamed.LOCAL ? LOCAL : PROXY;
    return fixed(command, UNSPEC, UNSPEC, 0).array();
  }

  private static byte[] encode(Forwarded header) {
    int size = HeaderAddresses.size(header);
    InetSocketAddress source = header.source();
    InetSocketAddress destination = header.destination();
    return fixed(
            PROXY,
            size == HeaderAddresses.SIZE_4 ? INET : INET6,
            header.transport() == Transport.TCP ? STREAM : DGRAM,
            addressesLength(size))
        .put(HeaderAddresses.bytes(source.getAddress(), size))
        .put(HeaderAddresses.bytes(destination.getAddress(), size))
        .putShort((short) source.getPort())
        .putShort((short) destination.getPort())
        .array();
  }

  private static ByteBuffer fixed(int command, int family, int transport, int length) {
    return ByteBuffer.allocate(FIXED_LENGTH + length)
        .put(SIGNATURE)
        .put((byte) ((VERSION << 4) | command))
        .put((byte) ((family << 4) | transport))
        .putShort((short) length);
  }

  private static int addressesLength(int addressSize) {
    return 2 * addressSize + 4;
  }

  static Decoded decode(byte[] bytes, int length) {
    int signed = Math.min(length, SIGNATURE.length);
    if (!Arrays.equals(bytes, 0, signed, SIGNATURE, 0, signed)) {
      return new Malformed("it does not begin with the signature of version 2");
    }
    if (length < FIXED_LENGTH) {
      return new Incomplete(FIXED_LENGTH);
    }
    int whole = FIXED_LENGTH + unsignedShort(bytes, LENGTH_AT);
    if (whole > ProxyHeaders.MAX_LENGTH) {
      return new Malformed(
          "it has %d bytes, and at most %d are read".formatted(whole, ProxyHeaders.MAX_LENGTH));
    }
    return length < whole ? new Incomplete(whole) : whole(Arrays.copyOf(bytes, whole));
  }

  /** Reads a header that has exactly these bytes. */
  private static Decoded whole(byte[] bytes) {
    int version = (bytes[COMMAND_AT] >> 4) & 0xf;
    int command = bytes[COMMAND_AT] & 0xf;
    if (version != VERSION) {
      return new Malformed("its version is " + version + ", not " + VERSION);
    }
    return switch (command) {
      // Such a header's block is to be discarded unread.
      case LOCAL -> new Complete(Unnamed.LOCAL, bytes.length);
      case PROXY -> proxied(bytes);
      default -> new Malformed("it has the unknown command " + command);
    };
  }

  private static Decoded proxied(byte[] bytes) {
    int family = (bytes[FAMILY_AT] >> 4) & 0xf;
    int transport = bytes[FAMILY_AT] & 0xf;
    if (transport > DGRAM) {
      return new Malformed("it has the unknown transport " + transport);
    }
    return switch (family) {
      case UNSPEC -> new Complete(Unnamed.UNKNOWN, bytes.length);
      case INET -> extended(bytes, HeaderAddresses.SIZE_4, transport);
      case INET6 -> extended(bytes, HeaderAddresses.SIZE_6, transport);
      // No such client can be shown to anyone.
      case UNIX -> sized(bytes, UNIX_SIZE, Unnamed.UNKNOWN);
      default -> new Malformed("it has the unknown address family " + family);
    };
  }

  private static Decoded extended(byte[] bytes, int addressSize, int transport) {
    int addresses = addressesLength(addressSize);
    if (bytes.length < FIXED_LENGTH + addresses) {
      return tooShort(bytes);
    }
    return Extensions.fault(bytes, FIXED_LENGTH + addresses)
        .<Decoded>map(Malformed::new)
        .orElseGet(() -> new Complete(header(bytes, addressSize, transport), bytes.length));
  }

  private static Decoded sized(byte[] bytes, int size, ProxyHeader header) {
    return bytes.length < FIXED_LENGTH + size
        ? tooShort(bytes)
        : new Complete(header, bytes.length);
  }

  private static Malformed tooShort(byte[] bytes) {
    return new Malformed(
        "its length is %d, too short for its addresses".formatted(bytes.length - FIXED_LENGTH));
  }

  private static ProxyHeader header(byte[] bytes, int size, int transport) {
    if (transport == UNSPEC) {
      return Unnamed.UNKNOWN;
    }
    int destinationAt = FIXED_LENGTH + size;
    int portsAt = destinationAt + size;
    return new Forwarded(
        transport == STREAM ? Transport.TCP : Transport.UDP,
        address(bytes, FIXED_LENGTH, size, portsAt),
        address(bytes, destinationAt, size, portsAt + 2));
  }

  private static InetSocketAddress address(byte[] bytes, int at, int size, int portAt) {
    return new InetSocketAddress(
        HeaderAddresses.of(Arrays.copyOfRange(bytes, at, at + size)), unsignedShort(bytes, portAt));
  }

  static int unsignedShort(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }
}
