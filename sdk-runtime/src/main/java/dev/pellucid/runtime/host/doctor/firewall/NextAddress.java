package dev.pellucid.runtime.host.doctor.firewall;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses of text and of numbers. Nothing is looked up. */
final class NextAddress {
  private NextAddress() {}

  /** The address that follows; the first one follows the last. */
  static InetAddress after(InetAddress address) {
    byte[] bytes = address.getAddress();
    BigInteger next = new BigInteger(1, bytes).add(BigInteger.ONE);
    for (int i = bytes.length - 1; i >= 0; i--) {
      bytes[i] = next.byteValue();
      next = next.shiftRight(Byte.SIZE);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("the length is unchanged", e);
    }
  }
}
