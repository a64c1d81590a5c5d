package dev.pellucid.runtime.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A network: an address and how many of its leading bits count.
 *
 * @param address the network's first address
 * @param prefixLength the number of bits that count
 */
public record Cidr(InetAddress address, int prefixLength) {
  // Without this check, InetAddress would look names up.
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  private static final Pattern LITERAL =
      Pattern.compile(OCTET + "(\\." + OCTET + "){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

  /** Clears the bits that do not count. */
  public Cidr {
    int bits = address.getAddress().length * 8;
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException("/" + prefixLength + " is not between /0 and /" + bits);
    }
    address = network(address, prefixLength);
  }

  /** The network of one address. */
  public static Cidr of(InetAddress address) {
    return new Cidr(address, address.getAddress().length * 8);
  }

  /**
   * Reads a network such as {@code 10.1.0.0/24} or {@code fd00::/8}; an address alone is a network
   * of one.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    try {
      InetAddress address = literal(host);
      int bits = address.getAddress().length * 8;
      return new Cidr(address, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
    } catch (UnknownHostException | IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a network in CIDR notation", e);
    }
  }

  private static InetAddress literal(String text) throws UnknownHostException {
    if (!LITERAL.matcher(text).matches()) {
      throw new UnknownHostException(text);
    }
    return InetAddress.getByName(text);
  }

  private static InetAddress network(InetAddress address, int prefixLength) {
    byte[] bytes = address.getAddress();
    for (int i = 0; i < bytes.length; i++) {
      int counting = Math.max(0, Math.min(8, prefixLength - i * 8));
      bytes[i] &= (byte) (0xff00 >> counting);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("the length is unchanged", e);
    }
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefixLength;
  }
}
