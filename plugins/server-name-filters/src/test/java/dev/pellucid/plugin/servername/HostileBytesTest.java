package dev.pellucid.plugin.servername;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.plugin.servername.Reading.Asked;
import dev.pellucid.plugin.servername.Reading.More;
import dev.pellucid.plugin.servername.Reading.Unreadable;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** Whatever the bytes are: nothing is thrown, nothing beyond them is read, and it soon ends. */
class HostileBytesTest {
  private static final List<Protocol> PROTOCOLS = List.of(new TlsProtocol(), new HttpProtocol());
  private static final int TRIES = 5_000;
  private static final String NAME = "[a-z0-9_.-]{1,253}";

  /** One byte of a real hello is another. */
  record Change(double at, byte value) {}

  @Property(tries = TRIES)
  void aRealHelloWithChangedBytes(
      @ForAll("hellos") byte[] hello, @ForAll @Size(max = 8) List<@From("changes") Change> all) {
    byte[] changed = hello.clone();
    all.forEach(change -> changed[(int) (change.at() * changed.length)] = change.value());
    assertHarmless(new TlsProtocol(), changed);
  }

  @Property(tries = TRIES)
  void aRealHelloWithChangedLengths(
      @ForAll("hellos") byte[] hello, @ForAll("changes") Change change) {
    byte[] changed = hello.clone();
    int at = Math.min((int) (change.at() * 300), changed.length - 2);
    changed[at] = 0;
    changed[at + 1] = change.value();
    assertHarmless(new TlsProtocol(), changed);
  }

  @Property(tries = TRIES)
  void aPrefixOfARealHelloInASmallerRecord(
      @ForAll("hellos") byte[] hello, @ForAll("sizes") int bytes) {
    byte[] part = Arrays.copyOfRange(hello, 5, Math.min(hello.length, 5 + bytes));
    assertHarmless(new TlsProtocol(), Hellos.record(part));
  }

  @Property(tries = TRIES)
  void aRealHelloInRecordsOfAnySize(@ForAll("hellos") byte[] hello, @ForAll("sizes") int bytes) {
    Reading whole = new TlsProtocol().read(hello, 0);
    assertInstanceOf(Asked.class, whole);
    assertEquals(whole, new TlsProtocol().read(Hellos.inRecordsOf(bytes, hello), 0));
  }

  @Property
  void anyBytes(@ForAll @Size(max = Protocol.MOST) byte[] bytes) {
    PROTOCOLS.forEach(protocol -> assertHarmless(protocol, bytes));
  }

  @Property(tries = TRIES)
  void anyBytesThatBeginLikeTls(@ForAll @Size(max = 600) byte[] bytes) {
    assertHarmless(new TlsProtocol(), Hellos.record(bytes));
  }

  @Property(tries = TRIES)
  void anythingThatLooksLikeHttp(@ForAll("requests") String request) {
    assertHarmless(new HttpProtocol(), request.getBytes(ISO_8859_1));
  }

  private static void assertHarmless(Protocol protocol, byte[] bytes) {
    // What lies behind the end would be noticed: reading past an array throws.
    Reading reading = protocol.read(bytes, 0);
    if (reading instanceof More more) {
      assertTrue(more.bytes() > bytes.length && more.bytes() <= Protocol.MOST, more::toString);
    } else if (reading instanceof Asked asked) {
      asked.name().ifPresent(name -> assertTrue(name.matches(NAME), name));
      asked.protocols().forEach(alpn -> assertTrue(Alpn.isPrintable(alpn), alpn));
    } else {
      assertInstanceOf(Unreadable.class, reading);
    }
  }

  @Provide
  Arbitrary<byte[]> hellos() {
    return Arbitraries.of(Hellos.RECORDED).map(Hellos::recorded);
  }

  @Provide
  Arbitrary<Change> changes() {
    return Combinators.combine(
            Arbitraries.doubles().between(0, true, 1, false), Arbitraries.bytes())
        .as(Change::new);
  }

  @Provide
  Arbitrary<Integer> sizes() {
    return Arbitraries.integers().between(1, 2000);
  }

  @Provide
  Arbitrary<String> requests() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "GET",
            "CONNECT",
            " ",
            "/",
            "http://",
            "example.org",
            ":80",
            " HTTP/1.1",
            "\r\n",
            "\n",
            "\r",
            "Host",
            ":",
            "host: a",
            "\r\n\r\n",
            "\t",
            "\0",
            "[::1]",
            "@",
            "PRI * HTTP/2.0",
            "é",
            ".",
            "x");
    return piece.list().ofMaxSize(30).map(list -> String.join("", list));
  }
}
