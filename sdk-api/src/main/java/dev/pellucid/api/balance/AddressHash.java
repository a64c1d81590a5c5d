package dev.pellucid.api.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/**
 * Turns addresses into 64 well mixed bits. The same address has the same hash in every process and
 * in every release, so that several proxies in front of the same upstreams agree.
 */
public final class AddressHash {
  private static final VarHandle INTEGER =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** 2^64 divided by the golden ratio: multiples of it are far apart. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private AddressHash() {}

  /** The hash of an address; no two IPv4 addresses have the same. */
  public static long of(InetAddress address) {
    return of(address, Long.SIZE * 2);
  }

  /** The hash of an address and its port. */
  public static long of(InetSocketAddress address) {
    return again(of(address.getAddress()), address.getPort());
  }

  /** The same for all IPv6 addresses that agree in so many leading bits. */
  static long of(InetAddress address, int ipv6Prefix) {
    byte[] bytes = address.getAddress();
    if (bytes.length == Integer.BYTES) {
      return mixed((int) INTEGER.get(bytes, 0) & 0xffff_ffffL);
    }
    long high = (long) LONG.get(bytes, 0) & mask(ipv6Prefix);
    long low = (long) LONG.get(bytes, Long.BYTES) & mask(ipv6Prefix - Long.SIZE);
    return mixed(mixed(high + STEP) + low);
  }

  /**
   * Another hash, from a hash.
   *
   * @param times which one; 0 is neither the hash itself
   */
  public static long again(long hash, int times) {
    return mixed(hash + (times + 1) * STEP);
  }

  /** The finalizer of SplitMix64: each bit of the input decides over each bit of the output. */
  private static long mixed(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** A number whose first bits are ones; a count below 0 is none, one above 64 is all. */
  private static long mask(int ones) {
    if (ones <= 0) {
      return 0;
    }
    return ones >= Long.SIZE ? -1 : -1L << (Long.SIZE - ones);
  }
}
