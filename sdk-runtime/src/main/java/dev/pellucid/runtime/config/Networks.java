package dev.pellucid.runtime.config;

import dev.pellucid.runtime.host.Cidr;

/** Reads networks as a user of the file should write them. */
final class Networks {
  private Networks() {}

  /**
   * Reads {@code 10.1.0.0/24}, or an address, which is a network of one. {@link Cidr} would let
   * bits after the prefix pass and clear them; here they are taken for the mistake they are likely
   * to be.
   */
  static Cidr parse(String text) {
    String address = text.replaceFirst("/.*", "");
    try {
      boolean exact = Cidr.parse(text).address().equals(Addresses.literal(address));
      if (exact) {
        return Cidr.parse(text);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must be a network such as 10.1.0.0/24 or 2001:db8::/32, not \"" + text + "\"", e);
    }
    throw new IllegalArgumentException(
        "must be " + Cidr.parse(text) + ", not \"" + text + "\": bits are set after the prefix");
  }
}
