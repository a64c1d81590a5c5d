package dev.pellucid.plugin.dnsdiscovery;

import java.util.List;

/** Which addresses count. */
enum Family {
  ANY,
  IPV4,
  IPV6;

  static Family parse(String text) {
    return switch (text) {
      case "any" -> ANY;
      case "ipv4" -> IPV4;
      case "ipv6" -> IPV6;
      default ->
          throw new IllegalArgumentException(
              "must be one of any, ipv4, ipv6, not \"" + text + "\"");
    };
  }

  /** The types of their records. */
  List<String> types() {
    return switch (this) {
      case ANY -> List.of("A", "AAAA");
      case IPV4 -> List.of("A");
      case IPV6 -> List.of("AAAA");
    };
  }
}
