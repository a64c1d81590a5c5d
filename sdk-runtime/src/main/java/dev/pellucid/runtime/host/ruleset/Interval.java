package dev.pellucid.runtime.host.ruleset;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Numbers from one to another: ports, marks, or addresses as numbers.
 *
 * @param from the first
 * @param to the last
 */
record Interval(BigInteger from, BigInteger to) {
  boolean contains(BigInteger number) {
    return from.compareTo(number) <= 0 && number.compareTo(to) <= 0;
  }

  static Interval of(BigInteger number) {
    return new Interval(number, number);
  }

  static Interval prefix(InetAddress address, int length) {
    int bits = address.getAddress().length * Byte.SIZE;
    BigInteger hosts = BigInteger.ONE.shiftLeft(bits - length).subtract(BigInteger.ONE);
    BigInteger first = number(address).andNot(hosts);
    return new Interval(first, first.or(hosts));
  }

  static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  /**
   * An address in digits.
   *
   * @throws IllegalArgumentException if it is not one: names are never looked up
   */
  static InetAddress address(String text) {
    if (!text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      throw new IllegalArgumentException(text + " is no address");
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text + " is no address", e);
    }
  }
}
