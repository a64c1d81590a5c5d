package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.SysctlValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What passes the proxy by has to be forwarded. What the proxy takes is delivered here, and its
 * connections to upstreams are its own: they need no forwarding.
 */
public final class ForwardingCheck implements Check {
  private static final int LOCAL_TABLE = 255;

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      Optional<Intercept> passing = passing(host, wanted, family);
      Optional<String> off = passing.isEmpty() ? Optional.empty() : off(host, passing.get());
      if (off.isPresent()) {
        findings.add(finding(passing.get(), off.get()));
      }
    }
    return findings;
  }

  private static Optional<Intercept> passing(Host host, HostRequirements wanted, IpFamily family)
      throws IOException, InterruptedException {
    for (Intercept intercept : wanted.handedOver(family)) {
      if (intercept.onProxyDown() == OnProxyDown.BYPASS && !toThisHost(host, intercept)) {
        return Optional.of(intercept);
      }
    }
    return Optional.empty();
  }

  // Beside a server on the same host, what passes the proxy by is delivered to that server.
  private static boolean toThisHost(Host host, Intercept intercept)
      throws IOException, InterruptedException {
    if (intercept.destinations().isEmpty()) {
      return false;
    }
    List<Route> local =
        host.routing(family(intercept)).table(LOCAL_TABLE).stream()
            .filter(route -> route.type() == Route.Type.LOCAL)
            .toList();
    return intercept.destinations().stream()
        .allMatch(network -> local.stream().anyMatch(route -> covers(route, network)));
  }

  private static boolean covers(Route route, Cidr network) {
    return route.destination().prefixLength() <= network.prefixLength()
        && route.destination().contains(network.address());
  }

  /** The sysctl that keeps an intercept's packets from being forwarded, if one does. */
  private static Optional<String> off(Host host, Intercept intercept) throws IOException {
    List<String> names = new ArrayList<>();
    if (family(intercept) == IpFamily.IPV6) {
      names.add("net.ipv6.conf.all.forwarding");
    } else {
      names.add("net.ipv4.ip_forward");
      for (String link : intercept.interfaces()) {
        names.add(SysctlValues.ofInterface("ipv4", link, "forwarding"));
      }
    }
    for (String name : names) {
      if (host.sysctls().number(name).orElse(1) == 0) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  private static IpFamily family(Intercept intercept) {
    return IpFamily.of(intercept.listener().getAddress());
  }

  private static Finding finding(Intercept intercept, String name) {
    return new Finding(
        FindingType.FORWARDING_OFF,
        name,
        name + " is 0: this host does not forward.",
        "The traffic of listener %s is to pass the proxy by while it is down (on-proxy-down = bypass), but this host will drop it then."
            .formatted(intercept.name()),
        "sysctl -w " + name + "=1");
  }
}
