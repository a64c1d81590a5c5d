package dev.pellucid.runtime.host.ruleset;

/**
 * A mark and which of its bits count.
 *
 * @param value the bits
 * @param mask those that count
 */
record Masked(int value, int mask) {
  /** What iptables writes as {@code 0x1/0xff}; without a mask all bits count. */
  static Masked of(String text) {
    String[] parts = text.split("/", 2);
    return new Masked(number(parts[0]), parts.length == 1 ? -1 : number(parts[1]));
  }

  private static int number(String text) {
    return (int) (long) Long.decode(text);
  }

  /** The mark that results where the bits that count are cleared, and these inverted. */
  int appliedTo(int mark) {
    return (mark & ~mask) ^ value;
  }
}
