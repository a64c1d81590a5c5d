package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interface;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Loopback is up. When it goes down, IPv6's local routes vanish, and do not come back with it;
 * IPv4's stay.
 */
public final class LoopbackCheck implements Check {
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
    return host.interfaces().named(LOOPBACK).map(Interface::up).orElse(false);
  }
}
