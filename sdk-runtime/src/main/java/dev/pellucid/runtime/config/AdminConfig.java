package dev.pellucid.runtime.config;

import dev.pellucid.api.Addresses;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The admin endpoint.
 *
 * @param enabled whether there is one
 * @param address where it listens
 * @param token what a POST has to present; never printed
 */
public record AdminConfig(boolean enabled, InetSocketAddress address, Optional<String> token) {

  static AdminConfig read(Section section) {
    return new AdminConfig(
        section.read("enabled", Readings.TRUTH, true),
        section.read("address", Readings.ADDRESS, Addresses.parse("127.0.0.1:9900")),
        section.read("token", Readings.SECRET));
  }

  @Override
  public String toString() {
    return "AdminConfig[enabled=" + enabled + ", address=" + address + "]";
  }
}
