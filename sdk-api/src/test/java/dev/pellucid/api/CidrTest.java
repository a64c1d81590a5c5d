package dev.pellucid.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertEquals(expected, Cidr.parse(network).contains(InetAddress.getByName(address)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.0.0/33",
        "10.1.0.0/",
        "10.1.0.0/-1",
        "10.1.0.0/24/8",
        "2001:db8::/129",
        "10.1.0.256/32",
        "10.1/16",
        "010.1.0.0/16",
        "example.org/8",
        "1:2/64",
        "",
      })
  void saysWhatIsWrong(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text)).getMessage();
    assertEquals(
        "must be a network such as 10.1.0.0/24 or 2001:db8::/32, not \"" + text + "\"", message);
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.5/24, 10.1.0.0/24", "2001:db8::1/64, 2001:db8:0:0:0:0:0:0/64"})
  void bitsAfterThePrefixAreTakenForAMistake(String text, String meant) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text)).getMessage();
    assertEquals(
        "must be " + meant + ", not \"" + text + "\": bits are set after the prefix", message);
  }

  @Test
  void theOrderIsByFamilyAddressAndLength() {
    List<Cidr> ordered =
        Stream.of("0.0.0.0/0", "9.0.0.0/8", "9.0.0.0/9", "200.0.0.0/8", "::/0", "::1", "fd00::/8")
            .map(Cidr::parse)
            .toList();
    assertEquals(ordered, ordered.stream().sorted(Comparator.reverseOrder()).sorted().toList());
  }

  @Property
  void clearsTheBitsAfterThePrefix(
      @ForAll @Size(4) byte[] bytes, @ForAll @IntRange(max = 32) int length)
      throws UnknownHostException {
    InetAddress address = InetAddress.getByAddress(bytes);
    Cidr network = Cidr.of(address, length);
    assertTrue(network.contains(address));
    assertEquals(network, Cidr.parse(network.toString()));
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
    assertTrue(cidr.contains(inside), () -> inside + " in " + cidr);

    boolean same =
        new BigInteger(1, network).andNot(host).equals(new BigInteger(1, address).andNot(host));
    InetAddress other = InetAddress.getByAddress(address);
    assertEquals(same && other.getAddress().length * 8 == bits, cidr.contains(other));
  }

  private static InetAddress inet(BigInteger number, int bits) throws UnknownHostException {
    byte[] bytes = new byte[bits / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = number.shiftRight(bits - 8 * (i + 1)).byteValue();
    }
    return InetAddress.getByAddress(bytes);
  }
}
