package dev.pellucid.plugin.servername;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** ClientHellos in their records. */
final class Hellos {
  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE = 22;

  /**
   * Those that were recorded from real clients; all but one ask for api.example.org. The boringssl
   * ones were sent by curl-impersonate, which sets BoringSSL up as these browsers do: both offer
   * X25519MLKEM768, the first one GREASE as well. OpenSSL 3.5 was Node's.
   */
  static final List<String> RECORDED =
      List.of(
          "openssl-3.0",
          "openssl-3.0-unnamed",
          "openssl-3.0-tls1.2",
          "openssl-3.5",
          "curl-7.88",
          "boringssl-chrome131",
          "boringssl-firefox135");

  private Hellos() {}

  /** A recorded one. */
  static byte[] recorded(String name) {
    try (InputStream in = Hellos.class.getResourceAsStream(name + ".hex")) {
      return HexFormat.of().parseHex(new String(in.readAllBytes(), US_ASCII).replace("\n", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of this JDK. */
  static byte[] java(String host, String... protocols) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine(host, 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    return firstFlight(engine);
  }

  private static byte[] firstFlight(SSLEngine engine) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  /** One with nothing but these extensions, each with its type and length, in hexadecimal. */
  static byte[] withExtensions(String hex) {
    byte[] extensions = HexFormat.of().parseHex(hex.replace(" ", ""));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {3, 3});
    body.writeBytes(new byte[32]);
    body.writeBytes(new byte[] {0, 0, 2, 0x13, 1, 1, 0});
    body.write(extensions.length >> 8);
    body.write(extensions.length);
    body.writeBytes(extensions);
    return record(message(body.toByteArray()));
  }

  /** An extension server_name with one name. */
  static String serverName(String name) {
    String hex = HexFormat.of().formatHex(name.getBytes(UTF_8));
    int length = hex.length() / 2;
    return "0000 %04x %04x 00 %04x %s".formatted(length + 5, length + 3, length, hex);
  }

  private static byte[] message(byte[] body) {
    return ByteBuffer.allocate(4 + body.length).putInt(1 << 24 | body.length).put(body).array();
  }

  /** A record of a handshake. */
  static byte[] record(byte[] content) {
    return ByteBuffer.allocate(RECORD_HEADER + content.length)
        .put((byte) HANDSHAKE)
        .putShort((short) 0x0301)
        .putShort((short) content.length)
        .put(content)
        .array();
  }

  /** The content of one record in several, of so many bytes each. */
  static byte[] inRecordsOf(int bytes, byte[] record) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int at = RECORD_HEADER; at < record.length; at += bytes) {
      int end = Math.min(record.length, at + bytes);
      records.writeBytes(record(Arrays.copyOfRange(record, at, end)));
    }
    return records.toByteArray();
  }
}
