package dev.pellucid.runtime.proxyprotocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Incomplete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Unnamed;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers written by hand after the specification. */
class BinaryHeaderTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  /** From 10.1.0.2:40000 to 10.2.0.2:80. */
  private static final String ADDRESSES = "0a010002" + "0a020002" + "9c40" + "0050";

  private static final String ADDRESSES_6 =
      "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "9c40" + "0050";

  /** Of the header in the test, computed with another implementation of CRC-32C. */
  private static final String CHECKSUM = "3614dd89";

  private static byte[] bytes(String... hex) {
    return HEX.parseHex(String.join("", hex));
  }

  private static Decoded decode(Transport transport, byte[] bytes) {
    return ProxyHeaders.decode(ProxyProtocol.V2, transport, bytes, bytes.length);
  }

  private static Decoded decode(String... hex) {
    return decode(Transport.TCP, bytes(hex));
  }

  private static Forwarded forwarded(Transport transport, String source, String destination) {
    return new Forwarded(
        transport, new InetSocketAddress(source, 40000), new InetSocketAddress(destination, 80));
  }

  private static final Forwarded TCP4 = forwarded(Transport.TCP, "10.1.0.2", "10.2.0.2");
  private static final Forwarded TCP6 = forwarded(Transport.TCP, "2001:db8::1", "2001:db8::2");
  private static final Forwarded UDP4 = forwarded(Transport.UDP, "10.1.0.2", "10.2.0.2");
  private static final Forwarded UDP6 = forwarded(Transport.UDP, "2001:db8::1", "2001:db8::2");

  @Test
  void readsAClientOfEachKind() {
    assertEquals(new Complete(TCP4, 28), decode(SIGNATURE, "2111000c", ADDRESSES, "ffff"));
    assertEquals(new Complete(TCP6, 52), decode(SIGNATURE, "21210024", ADDRESSES_6));
    assertEquals(
        new Complete(UDP4, 28), decode(Transport.UDP, bytes(SIGNATURE, "2112000c", ADDRESSES)));
    assertEquals(
        new Complete(UDP6, 52), decode(Transport.UDP, bytes(SIGNATURE, "21220024", ADDRESSES_6)));
  }

  @Test
  void writesAClientOfEachKind() {
    assertEncoded(TCP4, "2111000c", ADDRESSES);
    assertEncoded(TCP6, "21210024", ADDRESSES_6);
    assertEncoded(UDP4, "2112000c", ADDRESSES);
    assertEncoded(UDP6, "21220024", ADDRESSES_6);
    assertEncoded(Unnamed.LOCAL, "20000000");
    assertEncoded(Unnamed.UNKNOWN, "21000000");
  }

  @Test
  void writesMixedFamiliesAsIpv6() {
    assertEncoded(
        forwarded(Transport.TCP, "10.1.0.2", "::1"),
        "21210024",
        "00000000000000000000ffff0a010002",
        "00000000000000000000000000000001",
        "9c400050");
  }

  private static void assertEncoded(ProxyHeader header, String... hex) {
    assertArrayEquals(
        bytes(SIGNATURE, String.join("", hex)), ProxyHeaders.encode(ProxyProtocol.V2, header));
  }

  @Test
  void discardsWhatALocalHeaderCarries() {
    assertEquals(new Complete(Unnamed.LOCAL, 16), decode(SIGNATURE, "20000000", "47"));
    assertEquals(new Complete(Unnamed.LOCAL, 19), decode(SIGNATURE, "20ff0003", "0300ff"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"21000000", "21010000", "2102000100", "2110000c" + ADDRESSES})
  void unspecifiedIsUnknown(String hex) {
    int length = bytes(SIGNATURE, hex).length;
    assertEquals(new Complete(Unnamed.UNKNOWN, length), decode(SIGNATURE, hex));
  }

  @Test
  void aUnixClientIsUnknown() {
    assertEquals(
        new Complete(Unnamed.UNKNOWN, 232), decode(SIGNATURE, "213100d8", "2f".repeat(216)));
    assertInstanceOf(Malformed.class, decode(SIGNATURE, "213100d7", "2f".repeat(215)));
  }

  @Test
  void skipsExtensions() {
    assertEquals(
        new Complete(TCP4, 40),
        decode(SIGNATURE, "21110018", ADDRESSES, "0400010b", "ea00023132", "050000"));
  }

  @Test
  void checksTheChecksum() {
    assertEquals(
        new Complete(TCP4, 35), decode(SIGNATURE, "21110013", ADDRESSES, "030004", CHECKSUM));
    assertInstanceOf(
        Malformed.class, decode(SIGNATURE, "21110013", ADDRESSES, "030004", "00000000"));
    assertInstanceOf(Malformed.class, decode(SIGNATURE, "21110012", ADDRESSES, "030003", "000000"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Versions and commands.
        "1111000c" + ADDRESSES,
        "3111000c" + ADDRESSES,
        "2211000c" + ADDRESSES,
        "2f11000c" + ADDRESSES,
        // Families and transports.
        "2141000c" + ADDRESSES,
        "21f1000c" + ADDRESSES,
        "2113000c" + ADDRESSES,
        "2103000c" + ADDRESSES,
        // Another transport than that it came over.
        "2112000c" + ADDRESSES,
        // Too short for the addresses, or for an extension.
        "2111000b" + ADDRESSES,
        "21210023" + ADDRESSES_6,
        "2111000d" + ADDRESSES + "04",
        "2111000e" + ADDRESSES + "0400",
        "2111000f" + ADDRESSES + "040001",
        "21110010" + ADDRESSES + "04000200",
        // Longer than anybody needs.
        "21110ff1",
        "2111ffff",
        // Nobody's addresses.
        "2111000c" + "00000000" + "0a020002" + "00010002",
        "2111000c" + "0a020002" + "00000000" + "00010002"
      })
  void refusesEverythingElse(String hex) {
    assertInstanceOf(Malformed.class, decode(SIGNATURE, hex), hex);
  }

  @Test
  void refusesAnotherSignatureAtItsFirstByte() {
    assertInstanceOf(Malformed.class, decode("0e"));
    assertInstanceOf(Malformed.class, decode("0d0a0d0a000d0a515549540b"));
    assertInstanceOf(Malformed.class, decode("50524f585920"));
  }

  @Test
  void asksForWhatItNeeds() {
    assertEquals(new Incomplete(16), decode(""));
    assertEquals(new Incomplete(16), decode(SIGNATURE, "211100"));
    assertEquals(new Incomplete(28), decode(SIGNATURE, "2111000c"));
    assertEquals(new Incomplete(4096), decode(SIGNATURE, "21110ff0"));
  }

  @Test
  void aDatagramHasItsWholeHeader() {
    byte[] datagram = bytes(SIGNATURE, "2112000c", ADDRESSES, "cafe");
    assertEquals(new Complete(UDP4, 28), decode(Transport.UDP, datagram));
    for (int length = 0; length < 28; length++) {
      assertInstanceOf(
          Malformed.class, ProxyHeaders.decode(ProxyProtocol.V2, Transport.UDP, datagram, length));
    }
    assertInstanceOf(
        Malformed.class, decode(Transport.UDP, bytes(SIGNATURE, "2111000c", ADDRESSES)));
  }
}
