package dev.pellucid.plugin.cidr;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A network: the addresses that begin with the same bits.
 *
 * @param bits the length of its addresses: 32 or 128
 * @param high the first 64 bits; see {@link Bits}
 * @param low the last 64 bits
 * @param prefixLength how many bits the addresses have in common
 */
record Cidr(int bits, long high, long low, int prefixLength) {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern PREFIX_LENGTH = Pattern.compile("\\d{1,3}");

  Cidr {
    if (prefixLength > bits) {
      throw new IllegalArgumentException("prefix length above " + bits + ": " + prefixLength);
    }
    if ((high & ~Bits.mask(prefixLength)) != 0 || (low & ~Bits.mask(prefixLength - 64)) != 0) {
      throw new IllegalArgumentException("bits set after the first " + prefixLength);
    }
  }

  /**
   * Reads a network such as {@code 10.1.0.0/24}, or an address, which is a network of one.
   *
   * @throws IllegalArgumentException if the text is anything else; the message says what is wrong
   */
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    try {
      byte[] address = address(slash < 0 ? text : text.substring(0, slash));
      int bits = address.length * Byte.SIZE;
      int length = slash < 0 ? bits : prefixLength(text.substring(slash + 1));
      return new Cidr(bits, Bits.high(address), Bits.low(address), length);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a network such as 10.1.0.0/24 or 2001:db8::/32: " + e.getMessage(),
          e);
    }
  }

  /** Whether an address of so many bits is in this network. */
  boolean contains(int addressBits, long addressHigh, long addressLow) {
    return addressBits == bits
        && ((addressHigh ^ high) & Bits.mask(prefixLength)) == 0
        && ((addressLow ^ low) & Bits.mask(prefixLength - 64)) == 0;
  }

  /** Only what looks like a literal is handed on: anything else would be looked up in the DNS. */
  private static byte[] address(String text) {
    if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
      try {
        return InetAddress.getByName(text.contains(":") ? "[" + text + "]" : text).getAddress();
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("not an IP address: " + text, e);
      }
    }
    throw new IllegalArgumentException("not an IP address: " + text);
  }

  private static int prefixLength(String text) {
    if (!PREFIX_LENGTH.matcher(text).matches()) {
      throw new IllegalArgumentException("not a prefix length: " + text);
    }
    return Integer.parseInt(text);
  }
}
