package dev.pellucid.api;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A network: an address and how many of its leading bits count. Immutable.
 *
 * <p>Networks have an order, IPv4 before IPv6 and then by address and prefix length; so hash tables
 * stay fast even when clients choose addresses that collide in them.
 */
public final class Cidr implements Comparable<Cidr> {
  private static final Comparator<Cidr> ORDER =
      Comparator.comparingInt((Cidr network) -> network.length)
          .thenComparing(network -> network.high, Long::compareUnsigned)
          .thenComparing(network -> network.low, Long::compareUnsigned)
          .thenComparingInt(network -> network.prefixLength);

  private static final Pattern PREFIX_LENGTH = Pattern.compile("\\d{1,3}");
  private static final VarHandle INTEGER =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final InetAddress address;
  private final int prefixLength;

  // The address as two numbers, aligned to the left, and its length in bytes.
  private final long high;
  private final long low;
  private final int length;

  private Cidr(InetAddress address, int prefixLength) {
    byte[] bytes = address.getAddress();
    this.address = address;
    this.prefixLength = prefixLength;
    this.high = high(bytes);
    this.low = low(bytes);
    this.length = bytes.length;
  }

  /** The network of one address. */
  public static Cidr of(InetAddress address) {
    return new Cidr(address, bits(address));
  }

  /**
   * The network that an address is in; the bits of the address after the prefix are cleared.
   *
   * @param prefixLength how many bits count, up to 32 or 128
   * @throws IllegalArgumentException if there are not so many
   */
  public static Cidr of(InetAddress address, int prefixLength) {
    if (prefixLength < 0 || prefixLength > bits(address)) {
      throw new IllegalArgumentException(
          "prefix length must be from 0 to " + bits(address) + ", not " + prefixLength);
    }
    return new Cidr(cleared(address, prefixLength), prefixLength);
  }

  /**
   * Reads a network such as {@code 10.1.0.0/24} or {@code fd00::/8}; an address alone is a network
   * of one. Names are not looked up.
   *
   * @throws IllegalArgumentException if the text is neither, or if bits are set after the prefix;
   *     the message says what is wrong
   */
  public static Cidr parse(String text) {
    Cidr network = parsed(text);
    if (!network.address.equals(Addresses.literal(host(text)))) {
      throw new IllegalArgumentException(
          "must be " + network + ", not \"" + text + "\": bits are set after the prefix");
    }
    return network;
  }

  private static Cidr parsed(String text) {
    try {
      InetAddress address = Addresses.literal(host(text));
      int slash = text.indexOf('/');
      return slash < 0 ? of(address) : of(address, prefixLength(text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must be a network such as 10.1.0.0/24 or 2001:db8::/32, not \"" + text + "\"", e);
    }
  }

  private static String host(String text) {
    int slash = text.indexOf('/');
    return slash < 0 ? text : text.substring(0, slash);
  }

  private static int prefixLength(String text) {
    if (!PREFIX_LENGTH.matcher(text).matches()) {
      throw new IllegalArgumentException("not a prefix length: " + text);
    }
    return Integer.parseInt(text);
  }

  private static int bits(InetAddress address) {
    return address.getAddress().length * Byte.SIZE;
  }

  private static InetAddress cleared(InetAddress address, int prefixLength) {
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

  private static long high(byte[] address) {
    return address.length == 4
        ? (long) (int) INTEGER.get(address, 0) << Integer.SIZE
        : (long) LONG.get(address, 0);
  }

  private static long low(byte[] address) {
    return address.length == 4 ? 0 : (long) LONG.get(address, Long.BYTES);
  }

  /** A number whose first bits are ones; a count below 0 is none, one above 64 is all. */
  private static long mask(int ones) {
    if (ones <= 0) {
      return 0;
    }
    return ones >= Long.SIZE ? -1 : -1L << (Long.SIZE - ones);
  }

  /** The network's first address. */
  public InetAddress address() {
    return address;
  }

  /** How many bits count. */
  public int prefixLength() {
    return prefixLength;
  }

  /** Whether an address is in this network. No IPv4 address is in an IPv6 network. */
  public boolean contains(InetAddress other) {
    return contains(other.getAddress());
  }

  /**
   * Whether an address is in this network, for those who ask about many.
   *
   * @param other as {@link InetAddress#getAddress} copies it
   */
  public boolean contains(byte[] other) {
    return other.length == length
        && ((high(other) ^ high) & mask(prefixLength)) == 0
        && ((low(other) ^ low) & mask(prefixLength - Long.SIZE)) == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr network
        && prefixLength == network.prefixLength
        && address.equals(network.address);
  }

  @Override
  public int compareTo(Cidr other) {
    return ORDER.compare(this, other);
  }

  @Override
  public int hashCode() {
    return Objects.hash(address, prefixLength);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefixLength;
  }
}
