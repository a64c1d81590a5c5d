package dev.pellucid.runtime.proxyprotocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Incomplete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Unnamed;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines written by hand after the specification. */
class TextHeaderTest {
  private static Decoded decode(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    return ProxyHeaders.decode(ProxyProtocol.V1, Transport.TCP, bytes, bytes.length);
  }

  private static Complete complete(String source, int from, String destination, int to, int size) {
    return new Complete(
        new Forwarded(
            Transport.TCP,
            new InetSocketAddress(source, from),
            new InetSocketAddress(destination, to)),
        size);
  }

  @Test
  void readsIpv4() {
    assertEquals(
        complete("192.168.0.1", 56324, "192.168.0.11", 443, 47),
        decode("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\n"));
  }

  @Test
  void readsTheLongestLines() {
    assertEquals(
        complete("255.255.255.255", 65535, "255.255.255.254", 0, 52),
        decode("PROXY TCP4 255.255.255.255 255.255.255.254 65535 0\r\n"));
    String all = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    assertEquals(
        complete(all, 65535, all, 65535, 104),
        decode("PROXY TCP6 " + all + " " + all + " 65535 65535\r\n"));
  }

  @Test
  void readsIpv6InAllItsForms() {
    assertEquals(
        complete("2001:db8::1", 1, "2001:db8::2", 2, 43),
        decode("PROXY TCP6 2001:DB8::1 2001:0db8:0::2 1 2\r\n"));
    assertEquals(
        complete("10.0.0.1", 1, "::1", 2, 33), decode("PROXY TCP6 ::ffff:a00:1 ::1 1 2\r\nTCP6"));
    assertEquals(
        complete("10.0.0.1", 1, "::1", 2, 36), decode("PROXY TCP6 ::ffff:10.0.0.1 ::1 1 2\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY UNKNOWN\r\n",
        "PROXY UNKNOWN and whatever else\r\n",
        "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"
      })
  void readsUnknown(String line) {
    assertEquals(new Complete(Unnamed.UNKNOWN, line.length()), decode(line + "payload"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET",
        "proxy ",
        "PROXYTCP4",
        " PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4\t1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.256 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.04 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 00 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 -2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n",
        "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP4 localhost localhost 1 2\r\n",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP6 localhost localhost 1 2\r\n",
        "PROXY TCP6 [::1] ::2 1 2\r\n",
        "PROXY TCP6 fe80::1%lo ::2 1 2\r\n",
        "PROXY TCP6 ::1::1 ::2 1 2\r\n",
        "PROXY TCP6 1:2:3:4:5:6:7 ::2 1 2\r\n",
        "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::2 1 2\r\n",
        "PROXY TCP6 00001::1 ::2 1 2\r\n",
        "PROXY TCP6 g::1 ::2 1 2\r\n",
        "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY \r\n",
        "PROXY TCP4 0.0.0.0 1.2.3.4 1 2\r\n",
        "PROXY TCP6 ::1 :: 1 2\r\n",
        "PROXY TCP6 ::ffff:0:0 ::1 1 2\r\n"
      })
  void refusesEverythingElse(String text) {
    assertInstanceOf(Malformed.class, decode(text), text);
  }

  @Test
  void waitsNoLongerThanALineCanBe() {
    String line = "PROXY UNKNOWN ".concat("x".repeat(200));
    assertEquals(new Incomplete(107), decode(line.substring(0, 106)));
    assertInstanceOf(Malformed.class, decode(line.substring(0, 107)));
    assertInstanceOf(Malformed.class, decode(line + "\r\n"));
    assertEquals(new Incomplete(107), decode(line.substring(0, 105) + "\r"));
    assertEquals(
        new Complete(Unnamed.UNKNOWN, 107), decode(line.substring(0, 105) + "\r\n" + "more"));
    assertInstanceOf(Malformed.class, decode(line.substring(0, 106) + "\r\n"));
  }

  @Test
  void asksForAtLeastTheShortestLine() {
    assertEquals(new Incomplete(15), decode(""));
    assertEquals(new Incomplete(15), decode("PROXY TCP4"));
    assertEquals(new Incomplete(20), decode("PROXY TCP4 1.2.3.4 "));
  }

  private static String encoded(String source, int from, String destination, int to) {
    return new String(
        ProxyHeaders.encode(ProxyProtocol.V1, complete(source, from, destination, to, 0).header()),
        ISO_8859_1);
  }

  @Test
  void writes() {
    assertEquals(
        "PROXY TCP4 10.1.0.2 10.2.0.2 40000 80\r\n", encoded("10.1.0.2", 40000, "10.2.0.2", 80));
    assertEquals(
        "PROXY TCP6 2001:db8:0:0:0:0:0:1 fe80:0:0:0:0:0:0:2 1 2\r\n",
        encoded("2001:db8::1", 1, "fe80::2%1", 2));
    assertEquals(
        "PROXY TCP6 0:0:0:0:0:ffff:a01:2 0:0:0:0:0:0:0:1 1 2\r\n",
        encoded("10.1.0.2", 1, "::1", 2));
    assertEquals(
        "PROXY UNKNOWN\r\n",
        new String(ProxyHeaders.encode(ProxyProtocol.V1, Unnamed.LOCAL), ISO_8859_1));
  }

  @Test
  void hasNoWordForUdp() {
    InetSocketAddress any = new InetSocketAddress("10.1.0.2", 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> ProxyHeaders.encode(ProxyProtocol.V1, new Forwarded(Transport.UDP, any, any)));
    assertThrows(
        IllegalArgumentException.class,
        () -> ProxyHeaders.decode(ProxyProtocol.V1, Transport.UDP, new byte[0], 0));
  }
}
