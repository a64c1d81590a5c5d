package dev.pellucid.runtime.linux;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

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
    try {
      int scope = four ? 0 : memory.getInt(SCOPE_6);
      return scope == 0
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, scope);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 are legal lengths", e);
    }
  }
}
