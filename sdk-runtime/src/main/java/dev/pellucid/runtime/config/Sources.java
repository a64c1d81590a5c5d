package dev.pellucid.runtime.config;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.SourceAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

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

  /** An address of the family that upstreams see, unless that is the proxy's own of any family. */
  static Optional<InetAddress> shown(SourceAddress source, Optional<InetSocketAddress> listener) {
    if (source instanceof SourceAddress.Given given) {
      return Optional.of(given.address());
    }
    return source instanceof SourceAddress.Proxy
        ? Optional.empty()
        : listener.map(InetSocketAddress::getAddress);
  }

  private static SourceAddress given(String text) {
    try {
      return SourceAddress.given(Addresses.literal(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must be proxy, client-ip, client-ip-port or an IP address, not \"" + text + "\"", e);
    }
  }
}
