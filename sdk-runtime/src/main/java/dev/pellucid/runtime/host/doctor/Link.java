package dev.pellucid.runtime.host.doctor;

import com.typesafe.config.Config;
import java.util.Optional;

/**
 * A network interface.
 *
 * @param name its name
 * @param up whether it was brought up
 * @param kind what ip(8) calls its type, such as {@code bridge} or {@code veth}; empty for hardware
 * @param master the bridge, bond or VRF that it is a port of
 */
record Link(String name, boolean up, String kind, Optional<String> master) {

  static Link of(Config json) {
    return new Link(
        json.getString("ifname"),
        json.getStringList("flags").contains("UP"),
        json.hasPath("linkinfo.info_kind") ? json.getString("linkinfo.info_kind") : "",
        json.hasPath("master") ? Optional.of(json.getString("master")) : Optional.empty());
  }

  boolean isBridge() {
    return kind.equals("bridge");
  }
}
