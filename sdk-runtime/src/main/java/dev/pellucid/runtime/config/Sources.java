package dev.pellucid.runtime.config;

import dev.pellucid.api.SourceAddress;

/** Reads the address that upstreams see. */
final class Sources {
  private Sources() {}

  static final Reading<SourceAddress> READING =
      value -> {
        String text = Readings.TEXT.read(value);
        return switch (text) {
          case "proxy" -> SourceAddress.proxy();
          case "client-ip" -> SourceAddress.clientIp();
          case "client-ip-port" -> SourceAddress.clientIpPort();
          default -> given(text);
        };
      };

  private static SourceAddress given(String text) {
    try {
      return SourceAddress.given(Addresses.literal(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must be proxy, client-ip, client-ip-port or an IP address, not \"" + text + "\"", e);
    }
  }
}
