package dev.pellucid.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes IP addresses. Names are refused: what they stand for changes, and this does not.
 */
public final class Addresses {
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
  private static final Pattern IPV6 =
      Pattern.compile("[\\dA-Fa-f:.]*:[\\dA-Fa-f:.]*(?:%[\\w.-]+)?");
  private static final Pattern WITH_PORT = Pattern.compile("(?:\\[(.*)]|([^:\\[\\]]*)):(\\d{1,5})");

  private Addresses() {}

  /**
   * Reads {@code 10.2.0.2:80} or {@code [2001:db8::2]:80}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static InetSocketAddress parse(String text) {
    Matcher matcher = WITH_PORT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be ADDRESS:PORT or [IPv6 ADDRESS]:PORT, not \"" + text + "\"");
    }
    int port = Integer.parseInt(matcher.group(3));
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("must have a port from 1 to 65535, not \"" + text + "\"");
    }
    String bracketed = matcher.group(1);
    return new InetSocketAddress(
        bracketed == null ? literal(matcher.group(2), IPV4) : literal(bracketed, IPV6), port);
  }

  /**
   * Reads {@code 10.2.0.2} or {@code 2001:db8::2}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static InetAddress literal(String text) {
    return literal(text, text.contains(":") ? IPV6 : IPV4);
  }

  /** Writes an address and its port as {@link #parse} reads them; zeros of IPv6 are written out. */
  public static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }

  /** Only what looks like a literal is handed on: anything else would be looked up in the DNS. */
  private static InetAddress literal(String text, Pattern form) {
    try {
      if (form.matcher(text).matches()) {
        return InetAddress.getByName(form == IPV6 ? "[" + text + "]" : text);
      }
    } catch (UnknownHostException e) {
      throw notAnAddress(text, form);
    }
    throw notAnAddress(text, form);
  }

  private static IllegalArgumentException notAnAddress(String text, Pattern form) {
    return new IllegalArgumentException(
        "\"%s\" is not an %s address (names are not looked up)"
            .formatted(text, form == IPV6 ? "IPv6" : "IPv4"));
  }
}
