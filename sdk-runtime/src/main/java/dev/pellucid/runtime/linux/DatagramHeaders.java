package dev.pellucid.runtime.linux;

/**
 * An array of {@code struct mmsghdr}, each with the vector that names its buffer. Their layout is
 * that of all 64-bit architectures.
 */
final class DatagramHeaders {
  private static final int SIZE = 64;
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 8;
  private static final int VECTOR = 16;
  private static final int VECTOR_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int LENGTH = 56;
  private static final int VECTOR_SIZE = 16;

  /** One vector for a prefix, one for the buffer. */
  private static final int VECTORS_SIZE = 2 * VECTOR_SIZE;

  private final NativeMemory headers;
  private final NativeMemory vectors;

  DatagramHeaders(int count) {
    headers = NativeMemory.allocate(count * SIZE);
    vectors = NativeMemory.allocate(count * VECTORS_SIZE);
    for (int i = 0; i < count; i++) {
      setPrefix(i, 0, 0);
    }
  }

  /** The address of the {@code index}-th header. */
  long address(int index) {
    return headers.address() + (long) index * SIZE;
  }

  void setBuffer(int index, long address, long length) {
    long vector = (long) index * VECTORS_SIZE + VECTOR_SIZE;
    vectors.putLong(vector, address);
    vectors.putLong(vector + 8, length);
  }

  /** What comes before the buffer; nothing if the length is 0. */
  void setPrefix(int index, long address, long length) {
    long vector = (long) index * VECTORS_SIZE;
    long first = length == 0 ? vector + VECTOR_SIZE : vector;
    vectors.putLong(vector, address);
    vectors.putLong(vector + 8, length);
    headers.putLong((long) index * SIZE + VECTOR, vectors.address() + first);
    headers.putLong((long) index * SIZE + VECTOR_COUNT, length == 0 ? 1 : 2);
  }

  void setName(int index, long address, int length) {
    headers.putLong((long) index * SIZE + NAME, address);
    headers.putInt((long) index * SIZE + NAME_LENGTH, length);
  }

  void setControl(int index, long address, int length) {
    headers.putLong((long) index * SIZE + CONTROL, address);
    headers.putLong((long) index * SIZE + CONTROL_LENGTH, length);
    headers.putInt((long) index * SIZE + FLAGS, 0);
  }

  int controlLength(int index) {
    return (int) headers.getLong((long) index * SIZE + CONTROL_LENGTH);
  }

  /** How many bytes were received. */
  int length(int index) {
    return headers.getInt((long) index * SIZE + LENGTH);
  }
}
