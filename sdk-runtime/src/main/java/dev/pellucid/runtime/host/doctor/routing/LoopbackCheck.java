package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interface;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Loopback is up where that matters. When it goes down, IPv6's local routes vanish, and do not come
 * back with it; IPv4's stay and still deliver, but cannot be added.
 */
public final class LoopbackCheck implements Check {
  static final String LOOPBACK = "lo";

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    if (up(host)) {
      return List.of();
    }
    List<String> harm = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      RouteNames names = RouteNames.of(wanted, family);
      if (wanted.diverts(family) && !LocalRouteCheck.there(host, names)) {
        harm.add(
            "Intercepted %s traffic is forwarded past the proxy or dropped, for the route that delivers it leads to lo, and is not there while lo is down."
                .formatted(names.familyName()));
      }
    }
    if (wanted.rules().intercepts().stream().anyMatch(Intercept::localOutput)) {
      harm.add("What this host itself sends cannot be intercepted, for it would come back on lo.");
    }
    return harm.isEmpty() ? List.of() : List.of(finding(wanted, String.join(" ", harm)));
  }

  private static Finding finding(HostRequirements wanted, String harm) {
    return new Finding(
        FindingType.LOOPBACK_DOWN,
        LOOPBACK,
        "The loopback interface lo is down.",
        harm,
        "ip link set lo up && " + wanted.applyCommand());
  }

  static boolean up(Host host) throws IOException, InterruptedException {
    return host.interfaces().named(LOOPBACK).map(Interface::up).orElse(false);
  }
}
