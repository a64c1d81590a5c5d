package dev.pellucid.runtime.proxyprotocol;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What may follow the addresses of a version 2 header: values with a type and a length (section
 * 2.2.1). Their meaning is not looked at, but for the checksum.
 */
final class Extensions {
  /** The type, and the two bytes of the length. */
  private static final int PREFIX = 3;

  private static final int CHECKSUM = 0x03;
  private static final int CHECKSUM_SIZE = 4;

  private Extensions() {}

  /** What is wrong with the extensions of a whole header, if anything is. */
  static Optional<String> fault(byte[] header, int start) {
    int at = start;
    while (at < header.length) {
      if (header.length - at < PREFIX) {
        return Optional.of("it ends within an extension");
      }
      int value = at + PREFIX;
      int length = BinaryHeader.unsignedShort(header, at + 1);
      if (length > header.length - value) {
        return Optional.of("it ends within an extension");
      }
      if (header[at] == CHECKSUM && !(length == CHECKSUM_SIZE && isIntact(header, value))) {
        return Optional.of("its checksum is wrong");
      }
      at = value + length;
    }
    return Optional.empty();
  }

  /** Section 2.2.3: the checksum is that of the header with zeros in the checksum's place. */
  private static boolean isIntact(byte[] header, int checksumAt) {
    CRC32C checksum = new CRC32C();
    checksum.update(header, 0, checksumAt);
    checksum.update(new byte[CHECKSUM_SIZE], 0, CHECKSUM_SIZE);
    int rest = checksumAt + CHECKSUM_SIZE;
    checksum.update(header, rest, header.length - rest);
    return (int) checksum.getValue() == ByteBuffer.wrap(header).getInt(checksumAt);
  }
}
