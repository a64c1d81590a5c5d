package dev.pellucid.api.log;

/**
 * Makes texts safe to stand in a line of a log. A client chooses what it is called in a TLS
 * handshake or an HTTP request, and must not be able to begin a line of its own, to look like
 * another field, or to send commands to the terminal that shows the log.
 *
 * <p>What could do harm is written as in JSON, a backslash, {@code u} and four hexadecimal digits:
 * whatever is not printable ASCII, and the backslash itself.
 */
public final class Escapes {
  private Escapes() {}

  /**
   * Escapes what stands in a text from some position on. Nothing is allocated unless something has
   * to be escaped.
   *
   * @param start where the value begins
   * @param also further characters to escape: those that mean something to readers of the log
   */
  public static void apply(StringBuilder text, int start, String also) {
    for (int i = start; i < text.length(); i++) {
      if (!isHarmless(text.charAt(i), also)) {
        String rest = text.substring(i);
        text.setLength(i);
        append(text, rest, also);
        return;
      }
    }
  }

  private static void append(StringBuilder text, String value, String also) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (isHarmless(c, also)) {
        text.append(c);
      } else {
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          text.append(Character.forDigit(c >> shift & 0xF, 16));
        }
      }
    }
  }

  private static boolean isHarmless(char c, String also) {
    return c >= ' ' && c <= '~' && c != '\\' && also.indexOf(c) < 0;
  }
}
