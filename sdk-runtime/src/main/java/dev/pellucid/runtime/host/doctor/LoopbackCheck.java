package dev.pellucid.runtime.host.doctor;

import dev.pellucid.runtime.host.IpFamily;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Loopback is up. When it goes down, IPv6's local routes vanish, and do not come back with it;
 * IPv4's stay.
 */
final class LoopbackCheck implements Check {
  static final String LOOPBACK = "lo";

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    if (Arrays.stream(IpFamily.values()).noneMatch(wanted::diverts) || up(host)) {
      return List.of();
    }
    return List.of(
        new Finding(
            FindingType.LOOPBACK_DOWN,
            LOOPBACK,
            "The loopback interface lo is down.",
            "Intercepted IPv6 traffic is forwarded past the proxy or dropped, for the route that"
                + " delivers it leads to lo and went away with it. What this host itself sends"
                + " cannot be intercepted either.",
            "ip link set lo up && " + wanted.applyCommand()));
  }

  static boolean up(Host host) throws IOException, InterruptedException {
    return host.links().named(LOOPBACK).map(Link::up).orElse(false);
  }
}
