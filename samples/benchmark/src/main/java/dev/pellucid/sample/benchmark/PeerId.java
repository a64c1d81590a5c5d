package dev.pellucid.sample.benchmark;

import java.util.Locale;

/** Which peer a value belongs to. */
record PeerId(Role role, String name) {
  static final String SUBJECT = "Pellucid";

  /**
   * The one that the others are compared with. SDK proxies, too, compare with the transparent
   * proxy.
   */
  static PeerId subject(Role role) {
    return new PeerId(role == Role.REVERSE ? Role.REVERSE : Role.TPROXY, SUBJECT);
  }

  @Override
  public String toString() {
    return name + " (" + role.name().toLowerCase(Locale.ROOT) + ")";
  }
}
