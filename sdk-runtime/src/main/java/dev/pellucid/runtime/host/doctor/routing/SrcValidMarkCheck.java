package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.SysctlValues;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * With src_valid_mark = 1, the kernel looks for the way back with the packet's mark. For ours it
 * finds the route that delivers everything locally, and drops the packet as one with an address of
 * this host's, unless accept_local allows that. The strict reverse path check drops it even then.
 *
 * <p>Both of these sysctls hold on an interface if they are 1 there or for all.
 */
public final class SrcValidMarkCheck implements Check {
  private static final int LOOSE = 2;

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<String> causes = new ArrayList<>();
    List<String> cures = new ArrayList<>();
    for (String link : marked(host, wanted)) {
      List<String> missing = followsMark(host, link) ? missing(host, link) : List.of();
      if (!missing.isEmpty()) {
        causes.add(holds(host, "all", "src_valid_mark") ? "all" : link);
        cures.addAll(missing);
      }
    }
    return cures.isEmpty() ? List.of() : List.of(finding(causes, cures));
  }

  /** Whether the reverse path check on an interface looks with the mark of the packet. */
  static boolean followsMark(Host host, String link) throws IOException {
    return holds(host, "all", "src_valid_mark") || holds(host, link, "src_valid_mark");
  }

  private static boolean holds(Host host, String link, String setting) throws IOException {
    return host.sysctls().number(SysctlValues.ofInterface("ipv4", link, setting)).orElse(0) != 0;
  }

  private static List<String> missing(Host host, String link) throws IOException {
    List<String> missing = new ArrayList<>();
    if (!holds(host, "all", "accept_local") && !holds(host, link, "accept_local")) {
      missing.add(SysctlValues.ofInterface("ipv4", link, "accept_local") + "=1");
    }
    if (ReversePathCheck.mode(host, link) == ReversePathCheck.STRICT) {
      missing.add(SysctlValues.ofInterface("ipv4", link, "rp_filter") + "=" + LOOSE);
    }
    return missing;
  }

  /** The interfaces by which marked packets come in. */
  private static Set<String> marked(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    Set<String> links = new LinkedHashSet<>();
    for (Intercept intercept : wanted.handedOver(IpFamily.IPV4)) {
      links.addAll(intercept.interfaces().isEmpty() ? routed(host) : intercept.interfaces());
    }
    for (ListenerRequirements listener : wanted.spoofing(IpFamily.IPV4)) {
      links.addAll(listener.upstreams().isEmpty() ? routed(host) : towards(host, listener));
    }
    return links;
  }

  /** The interfaces by which anything may come in that is answered. */
  private static List<String> routed(Host host) throws IOException, InterruptedException {
    return host.routing(IpFamily.IPV4)
        .routes()
        .filter(route -> route.type() == Route.Type.UNICAST)
        .flatMap(route -> route.link().stream())
        .distinct()
        .toList();
  }

  private static List<String> towards(Host host, ListenerRequirements listener)
      throws IOException, InterruptedException {
    return host.routing(IpFamily.IPV4).lookup(addresses(listener).toList()).values().stream()
        .flatMap(way -> way.flatMap(Route::link).stream())
        .toList();
  }

  private static Stream<InetAddress> addresses(ListenerRequirements listener) {
    return listener.upstreams().stream()
        .map(InetSocketAddress::getAddress)
        .filter(Objects::nonNull)
        .filter(Inet4Address.class::isInstance);
  }

  private static Finding finding(List<String> causes, List<String> cures) {
    List<String> names =
        causes.stream()
            .distinct()
            .map(link -> SysctlValues.ofInterface("ipv4", link, "src_valid_mark"))
            .toList();
    return new Finding(
        FindingType.SRC_VALID_MARK,
        names.get(0),
        "%s is 1, without %s.".formatted(String.join(" and ", names), String.join(" and ", cures)),
        "The kernel judges where packets come from by the proxy's own routes, which lead to this"
            + " host, and silently drops intercepted traffic as if it was forged. A VPN client"
            + " that sets src_valid_mark needs it; what is missing can be added.",
        "sysctl -w " + String.join(" ", cures));
  }
}
