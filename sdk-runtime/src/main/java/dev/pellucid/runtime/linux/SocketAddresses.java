package dev.pellucid.runtime.linux;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The layout of {@code sockaddr_in} and {@code sockaddr_in6} in native memory. */
final class SocketAddresses {
  /** The size of the larger of the two. */
  static final int MAX_SIZE = 28;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  private static final int SIZE_4 = 16;
  private static final int PORT = 2;
  private static final int ADDRESS_4 = 4;
  private static final int FLOW_6 = 4;
  private static final int ADDRESS_6 = 8;
  private static final int SCOPE_6 = 24;

  private SocketAddresses() {}

  /** AF_INET or AF_INET6. */
  static int family(InetAddress address) {
    return address instanceof Inet4Address ? AF_INET : AF_INET6;
  }

  /**
   * Writes an address.
   *
   * @return its size in bytes
   */
  static int write(NativeMemory memory, InetAddress address, int port) {
    byte[] bytes = address.getAddress();
    memory.putShort(0, (short) family(address));
    memory.putByte(PORT, (byte) (port >> 8));
    memory.putByte(PORT + 1, (byte) port);
    if (bytes.length == 4) {
      memory.put(ADDRESS_4, bytes, 0, 4);
      memory.putLong(8, 0);
      return SIZE_4;
    }
    memory.putInt(FLOW_6, 0);
    memory.put(ADDRESS_6, bytes, 0, 16);
    memory.putInt(SCOPE_6, ((Inet6Address) address).getScopeId());
    return MAX_SIZE;
  }

  /** Reads the address that a system call has written. */
  static InetSocketAddress read(NativeMemory memory) {
    int port = ((memory.getByte(PORT) & 0xff) << 8) | (memory.getByte(PORT + 1) & 0xff);
    return new InetSocketAddress(address(memory), port);
  }

  private static InetAddress address(NativeMemory memory) {
    boolean four = memory.getShort(0) == AF_INET;
    byte[] bytes = new byte[four ? 4 : 16];
    memory.get(four ? ADDRESS_4 : ADDRESS_6, bytes, 0, bytes.length);
    return address(bytes, four ? 0 : memory.getInt(SCOPE_6));
  }

  /** The first word of a {@link DatagramFlow} for the address at an offset. */
  static long firstWord(NativeMemory memory, long offset) {
    return memory.getShort(offset) == AF_INET
        ? memory.getLong(offset)
        : (memory.getInt(offset) & 0xffff_ffffL) | (long) memory.getInt(offset + SCOPE_6) << 32;
  }

  /** The second word. */
  static long highWord(NativeMemory memory, long offset) {
    return memory.getShort(offset) == AF_INET ? 0 : memory.getLong(offset + ADDRESS_6);
  }

  /** The third word. */
  static long lowWord(NativeMemory memory, long offset) {
    return memory.getShort(offset) == AF_INET ? 0 : memory.getLong(offset + ADDRESS_6 + 8);
  }

  /** The address that three words of a {@link DatagramFlow} stand for. */
  static InetSocketAddress of(long first, long high, long low) {
    ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, first);
    int port = Short.toUnsignedInt(head.order(ByteOrder.BIG_ENDIAN).getShort(PORT));
    head.order(ByteOrder.nativeOrder());
    if (head.getShort(0) == AF_INET) {
      byte[] bytes = new byte[4];
      head.get(ADDRESS_4, bytes);
      return new InetSocketAddress(address(bytes, 0), port);
    }
    byte[] bytes = new byte[16];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(high).putLong(low);
    // The scope is the upper half of the word, which does not depend on the order of the bytes.
    return new InetSocketAddress(address(bytes, (int) (first >>> 32)), port);
  }

  private static InetAddress address(byte[] bytes, int scope) {
    try {
      return scope == 0
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, scope);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 are legal lengths", e);
    }
  }
}
