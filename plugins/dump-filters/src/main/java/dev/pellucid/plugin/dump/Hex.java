package dev.pellucid.plugin.dump;

import org.apache.pekko.util.ByteString;

/** Writes bytes as {@code hexdump -C} does. */
final class Hex {
  private static final int PER_LINE = 16;
  private static final char[] DIGITS = "0123456789abcdef".toCharArray();

  private Hex() {}

  /**
   * Sixteen bytes in each line, which begins with a line feed.
   *
   * @param offset the number of the first byte
   */
  static String lines(ByteString bytes, long offset) {
    StringBuilder text = new StringBuilder();
    for (int from = 0; from < bytes.size(); from += PER_LINE) {
      text.append(String.format("%n%08x ", offset + from));
      line(text, bytes.slice(from, Math.min(bytes.size(), from + PER_LINE)));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, ByteString bytes) {
    for (int i = 0; i < PER_LINE; i++) {
      text.append(i == PER_LINE / 2 ? "  " : " ");
      if (i < bytes.size()) {
        text.append(DIGITS[(bytes.apply(i) & 0xf0) >> 4]).append(DIGITS[bytes.apply(i) & 0xf]);
      } else {
        text.append("  ");
      }
    }
    text.append("  |");
    for (int i = 0; i < bytes.size(); i++) {
      char c = (char) (bytes.apply(i) & 0xff);
      text.append(c >= ' ' && c <= '~' ? c : '.');
    }
    text.append('|');
  }
}
