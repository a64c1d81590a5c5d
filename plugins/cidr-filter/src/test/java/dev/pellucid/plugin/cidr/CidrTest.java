package dev.pellucid.plugin.cidr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/24, 10.1.0.255, true",
    "10.1.0.0/24, 10.1.1.0, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "10.1.0.7, 10.1.0.7, true",
    "10.1.0.7/32, 10.1.0.6, false",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 10.1.0.7, false",
    "2001:db8::8/125, 2001:db8::f, true",
    "2001:db8::8/125, 2001:db8::10, false",
    "::1, ::1, true",
  })
  void contains(String network, String address, boolean expected) throws UnknownHostException {
    assertEquals(expected, contains(Cidr.parse(network), InetAddress.getByName(address)));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/33, prefix length above 32: 33",
    "10.1.0.0/, not a prefix length",
    "10.1.0.0/-1, not a prefix length: -1",
    "10.1.0.0/24/8, not a prefix length: 24/8",
    "10.1.0.5/24, bits set after the first 24",
    "2001:db8::1/64, bits set after the first 64",
    "2001:db8::/129, prefix length above 128: 129",
    "10.1.0.256/32, not an IP address: 10.1.0.256",
    "10.1/16, not an IP address: 10.1",
    "010.1.0.0/16, not an IP address: 010.1.0.0",
    "example.org/8, not an IP address: example.org",
    "fe80::1%1/64, not an IP address: fe80::1%1",
    "1:2/64, not an IP address: 1:2",
    "'', not an IP address",
  })
  void saysWhatIsWrong(String text, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text)).getMessage();
    assertTrue(message.contains("'" + text + "'") && message.contains(reason), message);
  }

  @Property
  void containsWhatSharesThePrefixOfIpv4(
      @ForAll @Size(4) byte[] network,
      @ForAll @Size(4) byte[] address,
      @ForAll @IntRange(max = 32) int length)
      throws UnknownHostException {
    agreesWithArithmetic(network, address, length);
  }

  @Property
  void containsWhatSharesThePrefixOfIpv6(
      @ForAll @Size(16) byte[] network,
      @ForAll @Size(16) byte[] address,
      @ForAll @IntRange(max = 128) int length)
      throws UnknownHostException {
    network[0] |= 1; // not an IPv4 address in disguise
    agreesWithArithmetic(network, address, length);
  }

  private static void agreesWithArithmetic(byte[] network, byte[] address, int length)
      throws UnknownHostException {
    int bits = network.length * 8;
    BigInteger host = BigInteger.ONE.shiftLeft(bits - length).subtract(BigInteger.ONE);
    InetAddress first = inet(new BigInteger(1, network).andNot(host), bits);
    Cidr cidr = Cidr.parse(first.getHostAddress() + "/" + length);

    InetAddress inside =
        inet(
            new BigInteger(1, network).andNot(host).or(new BigInteger(1, address).and(host)), bits);
    assertTrue(contains(cidr, inside), () -> inside + " in " + cidr);

    boolean same =
        new BigInteger(1, network).andNot(host).equals(new BigInteger(1, address).andNot(host));
    InetAddress other = InetAddress.getByAddress(address);
    assertEquals(same && other.getAddress().length * 8 == bits, contains(cidr, other));
  }

  private static InetAddress inet(BigInteger number, int bits) throws UnknownHostException {
    byte[] bytes = new byte[bits / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = number.shiftRight(bits - 8 * (i + 1)).byteValue();
    }
    return InetAddress.getByAddress(bytes);
  }

  private static boolean contains(Cidr cidr, InetAddress address) {
    byte[] bytes = address.getAddress();
    return cidr.contains(bytes.length * 8, Bits.high(bytes), Bits.low(bytes));
  }
}
