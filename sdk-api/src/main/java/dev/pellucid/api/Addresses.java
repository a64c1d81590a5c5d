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
    StringBuilder text = new StringBuilder(48);
    append(text, address);
    return text.toString();
  }

  /** Appends what {@link #text} returns, without making it. */
  public static void append(StringBuilder text, InetSocketAddress address) {
    boolean brackets = address.getAddress() instanceof Inet6Address;
    text.append(brackets ? "[" : "");
    append(text, address.getAddress());
    text.append(brackets ? "]:" : ":").append(address.getPort());
  }

  /** Appends an address as {@link #literal(String)} reads it; zeros of IPv6 are written out. */
  public static void append(StringBuilder text, InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      appendIpv4(text, bytes);
    } else if (((Inet6Address) address).getScopeId() != 0) {
      text.append(address.getHostAddress()); // link-local and rare: the interface has a name
    } else {
      appendIpv6(text, bytes);
    }
  }

  private static void appendIpv4(StringBuilder text, byte[] bytes) {
    text.append(bytes[0] & 0xFF);
    for (int i = 1; i < 4; i++) {
      text.append('.').append(bytes[i] & 0xFF);
    }
  }

  private static void appendIpv6(StringBuilder text, byte[] bytes) {
    for (int i = 0; i < 16; i += 2) {
      if (i > 0) {
        text.append(':');
      }
      appendHex(text, ((bytes[i] & 0xFF) << 8) | (bytes[i + 1] & 0xFF));
    }
  }

  /** A number of 16 bits, without leading zeros. */
  private static void appendHex(StringBuilder text, int group) {
    int shift = 12;
    while (shift > 0 && group >> shift == 0) {
      shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
      text.append(Character.forDigit((group >> shift) & 0xF, 16));
    }
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
