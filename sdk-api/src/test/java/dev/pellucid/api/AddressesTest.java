package dev.pellucid.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AddressesTest {

  @Property
  void ipv4(@ForAll @Size(4) byte[] bytes, @ForAll @IntRange(min = 1, max = 65535) int port)
      throws UnknownHostException {
    InetAddress address = InetAddress.getByAddress(bytes);
    assertEquals(
        new InetSocketAddress(address, port),
        Addresses.parse(address.getHostAddress() + ":" + port));
    assertEquals(
        address.getHostAddress() + ":" + port,
        Addresses.text(new InetSocketAddress(address, port)));
  }

  @Property
  void ipv6(@ForAll @Size(16) byte[] bytes, @ForAll @IntRange(min = 1, max = 65535) int port)
      throws UnknownHostException {
    bytes[0] |= 1; // not an IPv4 address in disguise
    InetAddress address = InetAddress.getByAddress(bytes);
    assertEquals(
        new InetSocketAddress(address, port),
        Addresses.parse("[" + address.getHostAddress() + "]:" + port));
    assertEquals(
        "[" + address.getHostAddress() + "]:" + port,
        Addresses.text(new InetSocketAddress(address, port)));
  }

  @Test
  void theInterfaceOfALinkLocalAddressIsWritten() throws UnknownHostException {
    InetAddress address = Inet6Address.getByAddress(null, new byte[16], 3);
    assertEquals("[0:0:0:0:0:0:0:0%3]:80", Addresses.text(new InetSocketAddress(address, 80)));
  }

  @Property
  void anythingElseIsRefusedAndNeverLookedUp(@ForAll("nonsense") String text) {
    assertThrows(IllegalArgumentException.class, () -> Addresses.parse(text));
  }

  @Provide
  Arbitrary<String> nonsense() {
    return Arbitraries.strings()
        .withChars("019.:[]%/-gz ")
        .ofMaxLength(20)
        .filter(text -> !text.matches("[\\d.]+:\\d+|\\[.*:.*]:\\d+"));
  }
}
