package dev.pellucid.api.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.Addresses;
import dev.pellucid.testkit.FakeConnection;
import org.junit.jupiter.api.Test;

class ClientHashTest {

  @Test
  void thePortDoesNotCount() {
    assertEquals(hash(128, "10.1.0.2:1"), hash(128, "10.1.0.2:2"));
    assertNotEquals(hash(128, "10.1.0.2:1"), hash(128, "10.1.0.3:1"));
  }

  @Test
  void thePrefixIsOfIpv6AddressesOnly() {
    assertEquals(hash(64, "[2001:db8::1]:1"), hash(64, "[2001:db8::ffff:ffff:ffff:ffff]:1"));
    assertNotEquals(hash(65, "[2001:db8::1]:1"), hash(65, "[2001:db8::ffff:ffff:ffff:ffff]:1"));
    assertNotEquals(hash(64, "[2001:db8::1]:1"), hash(64, "[2001:db8:0:1::1]:1"));
    assertEquals(hash(32, "[2001:db8::1]:1"), hash(32, "[2001:db8:0:1::1]:1"));
    assertNotEquals(hash(1, "10.1.0.2:1"), hash(1, "10.1.0.3:1"));
  }

  @Test
  void aPrefixHasOneTo128Bits() {
    assertThrows(IllegalArgumentException.class, () -> new ClientHash(0));
    assertThrows(IllegalArgumentException.class, () -> new ClientHash(129));
  }

  /** Another value would move all clients with an update. */
  @Test
  void hashesStayWhatTheyAre() {
    assertEquals(0xf7e0747ce63c04e9L, AddressHash.of(Addresses.literal("10.1.0.2")));
    assertEquals(0x504b8dce1c938e43L, AddressHash.of(Addresses.literal("2001:db8::1")));
    assertEquals(0x74b5efa3a9b205a9L, AddressHash.of(Addresses.parse("10.2.0.2:80")));
  }

  private static long hash(int prefix, String client) {
    return new ClientHash(prefix).of(FakeConnection.from(client));
  }
}
