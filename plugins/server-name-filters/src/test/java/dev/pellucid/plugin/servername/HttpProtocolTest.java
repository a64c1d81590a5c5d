package dev.pellucid.plugin.servername;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.plugin.servername.Reading.Asked;
import dev.pellucid.plugin.servername.Reading.More;
import dev.pellucid.plugin.servername.Reading.Unreadable;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProtocolTest {
  private final HttpProtocol protocol = new HttpProtocol();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
        "GET / HTTP/1.1\nHost: example.org\n\n",
        "\r\nGET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
        "\n\r\n\nGET / HTTP/1.1\nHost: example.org\n\n",
        "POST /a?b=http://c HTTP/1.0\r\nAccept: */*\r\nHOST:\t Example.ORG.:8080 \r\nX:\r\n\r\nbody",
        "OPTIONS * HTTP/1.1\r\nhost:example.org:\r\n\r\n",
        "GET http://example.org/x HTTP/1.1\r\nHost: example.org\r\n\r\n",
        "GET HTTPS://EXAMPLE.org:443?x HTTP/1.1\r\nHost: example.org:8\r\n\r\n",
        "GET http://example.org HTTP/1.0\r\n\r\n",
        "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"
      })
  void readsTheHost(String request) {
    assertEquals(new Asked(Optional.of("example.org"), List.of()), read(request));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\nAccept: Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: :80\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n",
        "GET http://[2001:db8::1]/ HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n"
      })
  void aRequestMayNameNobody(String request) {
    assertEquals(new Asked(Optional.empty(), List.of()), read(request));
  }

  @Test
  void anIpv4AddressIsAName() {
    assertEquals(
        new Asked(Optional.of("10.2.0.2"), List.of()),
        read("GET / HTTP/1.1\r\nHost: 10.2.0.2:8080\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n",
        "GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n",
        "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \u00e9\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \u00a0a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void whatServersMayReadDifferentlyIsMalformed(String request) {
    assertEquals(Unreadable.MALFORMED, read(request));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001",
        "\r\n\r\nSSH-2.0-OpenSSH_9.2 (x)\r\n\r\n",
        " GET",
        "SSH-2.0-OpenSSH_9.2 (x)\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\r\n\r\n",
        "THIS-METHOD-IS-LONGER-THAN-ANY-THAT-IS-KNOWN"
      })
  void otherProtocolsAreTold(String text) {
    assertEquals(Unreadable.OTHER_PROTOCOL, read(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a HTTP/1.1\r\nHost: example.org\r\nX: y\r\n\r\n",
        "GET /a HTTP/1.1\nHost: example.org\nX: y\n\n",
        "\r\n\r\nGET /a HTTP/1.1\r\nHost: example.org\r\nX: y\r\n\r\n"
      })
  void everyPrefixAsksForOneMore(String request) {
    for (int length = 0; length < request.length(); length++) {
      byte[] prefix = request.substring(0, length).getBytes(ISO_8859_1);
      assertEquals(new More(length + 1), protocol.read(prefix, Math.max(0, length - 1)));
    }
    byte[] whole = request.getBytes(ISO_8859_1);
    assertEquals(
        new Asked(Optional.of("example.org"), List.of()), protocol.read(whole, whole.length - 1));
  }

  @Test
  void aHeadThatDoesNotFitIsTooLarge() {
    String start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    String end = "\r\n\r\n";
    String fits = start + "x".repeat(Protocol.MOST - start.length() - end.length());
    assertEquals(new Asked(Optional.of("a"), List.of()), read(fits + end));
    assertEquals(Unreadable.TOO_LARGE, read((fits + "x" + end).substring(0, Protocol.MOST)));
    assertEquals(Unreadable.TOO_LARGE, read("\r\n".repeat(Protocol.MOST / 2)));
  }

  private Reading read(String text) {
    return protocol.read(text.getBytes(ISO_8859_1), 0);
  }
}
