package dev.pellucid.plugin.cidr;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An address as two numbers, aligned to the left: an IPv4 address is the upper half of the first.
 */
final class Bits {
  private static final VarHandle INTEGER =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bits() {}

  static long high(byte[] address) {
    return address.length == 4
        ? (long) (int) INTEGER.get(address, 0) << Integer.SIZE
        : (long) LONG.get(address, 0);
  }

  static long low(byte[] address) {
    return address.length == 4 ? 0 : (long) LONG.get(address, Long.BYTES);
  }

  /** A number whose first bits are ones; a count below 0 is none, one above 64 is all. */
  static long mask(int ones) {
    if (ones <= 0) {
      return 0;
    }
    return ones >= Long.SIZE ? -1 : -1L << (Long.SIZE - ones);
  }
}
