package dev.pellucid.plugin.servername;

import java.util.regex.Pattern;

/** The names of application protocols, such as {@code h2} and {@code http/1.1}. */
final class Alpn {
  private static final Pattern PRINTABLE = Pattern.compile("[!-~&&[^,\"]]+");

  private Alpn() {}

  /** Whether a name can stand in a list and in a log. A client may send any bytes. */
  static boolean isPrintable(String name) {
    return PRINTABLE.matcher(name).matches();
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if no protocol is written so
   */
  static String parse(String text) {
    if (!isPrintable(text)) {
      throw new IllegalArgumentException(
          "must be a protocol such as h2 or http/1.1, not \"" + text + "\"");
    }
    return text;
  }
}
