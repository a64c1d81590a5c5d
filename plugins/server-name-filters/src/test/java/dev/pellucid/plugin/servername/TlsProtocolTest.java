package dev.pellucid.plugin.servername;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.plugin.servername.Reading.Asked;
import dev.pellucid.plugin.servername.Reading.More;
import dev.pellucid.plugin.servername.Reading.Unreadable;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsProtocolTest {
  /** What fits into a TCP segment on Ethernet. */
  private static final int SEGMENT = 1448;

  private static final String API = "api.example.org";
  private static final byte[] HELLO = Hellos.recorded("openssl-3.0");

  private final TlsProtocol protocol = new TlsProtocol();

  @ParameterizedTest
  @CsvSource({
    "openssl-3.0, h2 http/1.1",
    "openssl-3.0-tls1.2,",
    "openssl-3.5, h2 http/1.1",
    "curl-7.88, h2 http/1.1",
    "boringssl-chrome131, h2 http/1.1",
    "boringssl-firefox135, h2 http/1.1"
  })
  void readsRealHellos(String name, String protocols) {
    List<String> alpn = protocols == null ? List.of() : List.of(protocols.split(" "));
    assertEquals(new Asked(Optional.of(API), alpn), read(Hellos.recorded(name)));
  }

  @Test
  void readsTheHelloOfThisJdk() throws Exception {
    assertEquals(
        new Asked(Optional.of(API), List.of("h2", "http/1.1")),
        read(Hellos.java(API, "h2", "http/1.1")));
    assertEquals(new Asked(Optional.of(API), List.of()), read(Hellos.java(API)));
  }

  @Test
  void aHelloMayNameNobody() {
    assertEquals(
        new Asked(Optional.empty(), List.of()), read(Hellos.recorded("openssl-3.0-unnamed")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl-3.5", "boringssl-chrome131", "boringssl-firefox135"})
  void postQuantumHellosAreLargerThanASegment(String name) {
    byte[] hello = Hellos.recorded(name);
    assertTrue(contains(hello, (byte) 0x11, (byte) 0xec), "offers X25519MLKEM768");
    assertEquals(new More(hello.length), read(Arrays.copyOf(hello, SEGMENT)));
  }

  @ParameterizedTest
  @FieldSource("dev.pellucid.plugin.servername.Hellos#RECORDED")
  void everyPrefixAsksForWhatIsMissing(String name) {
    byte[] hello = Hellos.recorded(name);
    for (int length = 0; length < hello.length; length++) {
      int least = length < 9 ? 9 : hello.length;
      assertEquals(new More(least), read(Arrays.copyOf(hello, length)), "of " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 100, 1000})
  void aHelloMayStandInSeveralRecords(int bytes) {
    byte[] hello = Hellos.recorded("boringssl-chrome131");
    byte[] records = Hellos.inRecordsOf(bytes, hello);
    assertEquals(read(hello), read(records));
    assertLooks(records, 60);
  }

  /** The reader asks for more a few times only, and never for more than there is. */
  private void assertLooks(byte[] records, int most) {
    int length = 1;
    int looks = 1;
    while (read(Arrays.copyOf(records, length)) instanceof More more) {
      assertTrue(more.bytes() > length && more.bytes() <= records.length, more::toString);
      length = more.bytes();
      looks++;
    }
    assertTrue(looks <= most, "looks: " + looks);
  }

  @Test
  void whatFollowsTheHelloIsNotLookedAt() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(HELLO);
    bytes.writeBytes("anything".getBytes(US_ASCII));
    assertEquals(read(HELLO), read(bytes.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n", "SSH-2.0-x\r\n", "\u0016\u0002", "\0", "PRI *"})
  void otherProtocolsAreKnownByTheirFirstBytes(String text) {
    assertEquals(Unreadable.OTHER_PROTOCOL, read(text.getBytes(US_ASCII)));
  }

  @Test
  void namesAreInLowerCaseWithoutADotAtTheEnd() {
    assertName("api.example.org", "API.Example.ORG.");
    assertName("xn--bcher-kva.example", "xn--bcher-kva.example");
    assertName("_x.example.org", "_x.example.org");
  }

  private void assertName(String expected, String sent) {
    assertEquals(
        new Asked(Optional.of(expected), List.of()),
        read(Hellos.withExtensions(Hellos.serverName(sent))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a b", "a..b", "a\nb", "bücher.example", "a:443", "[::1]"})
  void whatIsNoHostNameIsMalformed(String name) {
    assertEquals(Unreadable.MALFORMED, read(Hellos.withExtensions(Hellos.serverName(name))));
  }

  @Test
  void aNameIsNoLongerThanDnsAllows() {
    String label = "a".repeat(49) + ".";
    assertInstanceOf(
        Asked.class, read(Hellos.withExtensions(Hellos.serverName(label.repeat(5) + "org"))));
    assertEquals(
        Unreadable.MALFORMED,
        read(Hellos.withExtensions(Hellos.serverName(label.repeat(5) + "info"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000 0000", // no list
        "0000 0002 0000", // no name
        "0000 0006 0004 00 0001 61 ff", // more than the list
        "0000 0006 0005 00 0001 61", // a list longer than the extension
        "0000 0006 0004 00 0002 61", // a name longer than the list
        "0000 0006 0004 01 0001 61", // no host name
        "0000 000a 0008 00 0001 61 00 0001 62", // two names
        "0000 0006 0004 00 0001 61 0000 0006 0004 00 0001 62", // two extensions
        "0010 0003 0001 00", // an empty protocol
        "0010 0005 0003 02 6832 0010 0005 0003 02 6832", // two extensions
        "0010 0005 0003 05 6832", // a protocol longer than the list
        "0010 0005", // nothing
        "00"
      })
  void brokenExtensionsAreMalformed(String extensions) {
    assertEquals(Unreadable.MALFORMED, read(Hellos.withExtensions(extensions)));
  }

  @Test
  void protocolsThatCannotBeWrittenAreLeftOut() {
    assertEquals(
        new Asked(Optional.empty(), List.of("h2")),
        read(Hellos.withExtensions("0010 0010 000e 02 0a0a 02 6832 02 612c 02 6122 01 20")));
  }

  @Test
  void aHelloThatDoesNotFitIsTooLarge() {
    byte[] start = HELLO.clone();
    start[6] = 0;
    start[7] = 0x40; // 16 KiB, without headers
    start[8] = 0;
    assertEquals(Unreadable.TOO_LARGE, read(start));
  }

  @Test
  void theLargestHelloThatFits() {
    int padding = Protocol.MOST - Hellos.withExtensions("0015 0000").length;
    byte[] hello = Hellos.withExtensions("0015 %04x %s".formatted(padding, "00".repeat(padding)));
    assertEquals(Protocol.MOST, hello.length);
    assertInstanceOf(Asked.class, read(hello));
    assertEquals(new More(Protocol.MOST), read(Arrays.copyOf(hello, 9)));
  }

  @Test
  void anEmptyRecordIsMalformed() {
    byte[] empty = Hellos.record(new byte[0]);
    assertEquals(Unreadable.MALFORMED, read(empty));
  }

  @Test
  void anotherHandshakeMessageIsMalformed() {
    assertEquals(Unreadable.MALFORMED, read(Hellos.record(new byte[] {2, 0, 0, 0})));
  }

  @Test
  void aRecordOfAnotherTypeWithinTheHelloIsMalformed() {
    byte[] records = Hellos.inRecordsOf(100, HELLO);
    records[105] = 23;
    assertEquals(Unreadable.MALFORMED, read(records));
  }

  private Reading read(byte[] bytes) {
    return protocol.read(bytes, 0);
  }

  private static boolean contains(byte[] bytes, byte first, byte second) {
    for (int i = 1; i < bytes.length; i++) {
      if (bytes[i - 1] == first && bytes[i] == second) {
        return true;
      }
    }
    return false;
  }
}
