package dev.pellucid.runtime.proxyprotocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Incomplete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Unnamed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Version 1: a line of text (section 2.1). */
final class TextHeader {
  /** The longest line there can be, with its end. */
  static final int MAX_LENGTH = 107;

  private static final String START = "PROXY ";
  private static final String UNKNOWN = START + "UNKNOWN";
  private static final String END = "\r\n";
  private static final int MIN_LENGTH = UNKNOWN.length() + END.length();

  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";
  private static final String GROUP = "[\\dA-Fa-f]{0,4}";

  /** What may be IPv6; whether it is, Java tells, and it looks nothing up that has a colon. */
  private static final String IPV6 = "(?:" + GROUP + ":){2,7}(?:" + GROUP + "|" + IPV4 + ")";

  private static final String PORT = " (0|[1-9]\\d{0,4})";
  private static final Pattern LINE =
      Pattern.compile(
          START + "(?:TCP4 (%1$s) (%1$s)|TCP6 (%2$s) (%2$s))".formatted(IPV4, IPV6) + PORT + PORT);

  private TextHeader() {}

  static byte[] encode(ProxyHeader header) {
    String line = header instanceof Forwarded forwarded ? line(forwarded) : UNKNOWN;
    return (line + END).getBytes(ISO_8859_1);
  }

  private static String line(Forwarded header) {
    if (header.transport() != Transport.TCP) {
      throw new IllegalArgumentException("version 1 has no word for " + header.transport());
    }
    int size = HeaderAddresses.size(header);
    return START
        + (size == HeaderAddresses.SIZE_4 ? "TCP4 " : "TCP6 ")
        + text(header.source(), size)
        + " "
        + text(header.destination(), size)
        + " "
        + header.source().getPort()
        + " "
        + header.destination().getPort();
  }

  /** Without a scope, which means something on this host alone. */
  private static String text(InetSocketAddress address, int size) {
    if (size == HeaderAddresses.SIZE_4) {
      return address.getAddress().getHostAddress();
    }
    byte[] bytes = HeaderAddresses.bytes(address.getAddress(), size);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.length; i += 2) {
      int group = ((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff);
      text.append(i == 0 ? "" : ":").append(Integer.toHexString(group));
    }
    return text.toString();
  }

  static Decoded decode(byte[] bytes, int length) {
    String seen = new String(bytes, 0, Math.min(length, MAX_LENGTH), ISO_8859_1);
    if (!seen.startsWith(START.substring(0, Math.min(seen.length(), START.length())))) {
      return new Malformed("it does not begin with PROXY");
    }
    int end = seen.indexOf(END);
    if (end >= 0) {
      return line(seen.substring(0, end));
    }
    return seen.length() < MAX_LENGTH
        ? new Incomplete(Math.max(seen.length() + 1, MIN_LENGTH))
        : new Malformed("its line does not end within " + MAX_LENGTH + " bytes");
  }

  private static Decoded line(String line) {
    int length = line.length() + END.length();
    // Whatever else stands in such a line is to be ignored.
    if (line.equals(UNKNOWN) || line.startsWith(UNKNOWN + " ")) {
      return new Complete(Unnamed.UNKNOWN, length);
    }
    return forwarded(line)
        .<Decoded>map(header -> new Complete(header, length))
        .orElseGet(() -> new Malformed("its line is not one of a TCP4, TCP6 or UNKNOWN client"));
  }

  private static Optional<Forwarded> forwarded(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean four = matcher.group(1) != null;
    return header(
        matcher.group(four ? 1 : 3),
        matcher.group(four ? 2 : 4),
        Integer.parseInt(matcher.group(5)),
        Integer.parseInt(matcher.group(6)));
  }

  private static Optional<Forwarded> header(
      String source, String destination, int sourcePort, int destinationPort) {
    if (sourcePort > 65535 || destinationPort > 65535) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Forwarded(
              Transport.TCP,
              new InetSocketAddress(address(source), sourcePort),
              new InetSocketAddress(address(destination), destinationPort)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal.contains(":") ? "[" + literal + "]" : literal);
  }
}
