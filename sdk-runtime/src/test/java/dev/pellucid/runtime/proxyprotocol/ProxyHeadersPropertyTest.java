package dev.pellucid.runtime.proxyprotocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Incomplete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Unnamed;
import java.net.InetSocketAddress;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every header, and for every mistake in one. */
class ProxyHeadersPropertyTest {
  private static final String SEED = "20261123";
  private static final int MANY = 20_000;

  /**
   * A header and the bytes it is written as.
   *
   * @param version the version it is written in
   * @param header the header
   */
  record Written(ProxyProtocol version, ProxyHeader header) {
    byte[] bytes() {
      return ProxyHeaders.encode(version, header);
    }

    Transport transport() {
      return header instanceof Forwarded forwarded ? forwarded.transport() : Transport.TCP;
    }

    Decoded decode(byte[] bytes, int length) {
      return ProxyHeaders.decode(version, transport(), bytes, length);
    }
  }

  @Provide
  Arbitrary<Written> written() {
    Arbitrary<ProxyHeader> v1 =
        Arbitraries.oneOf(forwarded(Transport.TCP), Arbitraries.of(Unnamed.UNKNOWN));
    Arbitrary<ProxyHeader> v2 =
        Arbitraries.oneOf(
            forwarded(Transport.TCP), forwarded(Transport.UDP), Arbitraries.of(Unnamed.class));
    return Arbitraries.oneOf(
        v1.map(header -> new Written(ProxyProtocol.V1, header)),
        v2.map(header -> new Written(ProxyProtocol.V2, header)));
  }

  /** Of one family or of both. */
  private static Arbitrary<ProxyHeader> forwarded(Transport transport) {
    return Combinators.combine(address(), address())
        .as((source, destination) -> new Forwarded(transport, source, destination));
  }

  private static Arbitrary<InetSocketAddress> address() {
    Arbitrary<byte[]> bytes =
        Arbitraries.of(4, 16)
            .flatMap(size -> Arbitraries.bytes().array(byte[].class).ofSize(size))
            // A wildcard address is nobody's.
            .filter(address -> !HeaderAddresses.of(address).isAnyLocalAddress());
    return Combinators.combine(bytes, Arbitraries.integers().between(0, 65535))
        .as((address, port) -> new InetSocketAddress(HeaderAddresses.of(address), port));
  }

  @Property(seed = SEED)
  void whatWasWrittenIsRead(@ForAll("written") Written written, @ForAll byte[] payload) {
    byte[] header = written.bytes();
    byte[] all = Arrays.copyOf(header, header.length + payload.length);
    System.arraycopy(payload, 0, all, header.length, payload.length);
    assertEquals(new Complete(written.header(), header.length), written.decode(all, all.length));
  }

  /** So it can be cut anywhere, and as often as one likes. */
  @Property(seed = SEED)
  void everyPrefixAsksForMoreButNotForTooMuch(@ForAll("written") Written written) {
    byte[] bytes = written.bytes();
    for (int length = 0; length < bytes.length; length++) {
      Decoded decoded = written.decode(Arrays.copyOf(bytes, length), length);
      if (written.transport() == Transport.UDP) {
        assertInstanceOf(Malformed.class, decoded);
      } else {
        int needed = assertInstanceOf(Incomplete.class, decoded).needed();
        assertTrue(needed > length && needed <= bytes.length, needed + " after " + length);
      }
    }
  }

  @Property(seed = SEED)
  void whatFollowsIsNotLookedAt(@ForAll("written") Written written, @ForAll byte[] rubbish) {
    byte[] bytes = written.bytes();
    int length = bytes.length / 2;
    byte[] soiled = Arrays.copyOf(bytes, length + rubbish.length);
    System.arraycopy(rubbish, 0, soiled, length, rubbish.length);
    assertEquals(
        written.decode(Arrays.copyOf(bytes, length), length), written.decode(soiled, length));
  }

  @Property(seed = SEED, tries = MANY)
  void rubbishIsJudged(
      @ForAll byte[] bytes, @ForAll ProxyProtocol version, @ForAll Transport transport) {
    if (version == ProxyProtocol.V2
        || (version == ProxyProtocol.V1 && transport == Transport.TCP)) {
      assertSound(ProxyHeaders.decode(version, transport, bytes, bytes.length), bytes.length);
    }
  }

  @Property(seed = SEED, tries = MANY)
  void aChangedHeaderIsJudged(
      @ForAll("written") Written written, @ForAll int at, @ForAll byte with, @ForAll int cut) {
    byte[] bytes = Arrays.copyOf(written.bytes(), written.bytes().length + 8);
    bytes[Math.floorMod(at, bytes.length)] = with;
    int length = Math.floorMod(cut, bytes.length + 1);
    Decoded decoded = written.decode(bytes, length);
    assertSound(decoded, length);
    // The same bytes in an array of their own: nothing beyond them was read.
    assertEquals(decoded, written.decode(Arrays.copyOf(bytes, length), length));
  }

  /** A version 2 header with arbitrary contents behind a sound beginning. */
  @Property(seed = SEED, tries = MANY)
  void arbitraryContentsAreJudged(
      @ForAll byte command, @ForAll byte family, @ForAll byte[] contents) {
    byte[] start = ProxyHeaders.encode(ProxyProtocol.V2, Unnamed.UNKNOWN);
    byte[] bytes = Arrays.copyOf(start, start.length + contents.length);
    bytes[12] = (byte) (0x20 | (command & 1));
    bytes[13] = (byte) (family & 0x33);
    bytes[14] = (byte) (contents.length >> 8);
    bytes[15] = (byte) contents.length;
    System.arraycopy(contents, 0, bytes, start.length, contents.length);
    Decoded decoded = ProxyHeaders.decode(ProxyProtocol.V2, Transport.TCP, bytes, bytes.length);
    assertSound(decoded, bytes.length);
    assertTrue(!(decoded instanceof Incomplete), "all of it is there");
  }

  private static void assertSound(Decoded decoded, int length) {
    if (decoded instanceof Incomplete incomplete) {
      int needed = incomplete.needed();
      assertTrue(needed > length && needed <= ProxyHeaders.MAX_LENGTH, needed + " of " + length);
    } else if (decoded instanceof Complete complete) {
      assertTrue(complete.length() <= length, complete.length() + " of " + length);
    } else {
      assertInstanceOf(Malformed.class, decoded);
    }
  }
}
