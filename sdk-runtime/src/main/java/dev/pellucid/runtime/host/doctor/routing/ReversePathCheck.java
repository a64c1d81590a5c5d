package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import dev.pellucid.runtime.host.state.SysctlValues;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * With rp_filter = 1, the kernel drops IPv4 packets that come by another interface than the one by
 * which it would answer. That is known where an intercept names its interfaces and its sources.
 * Where upstreams' replies come in is not: they are taken to come as they are asked.
 */
public final class ReversePathCheck implements Check {
  static final int STRICT = 1;

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (Intercept intercept : wanted.handedOver(IpFamily.IPV4)) {
      for (String link : intercept.interfaces()) {
        if (strict(host, link) && !intercept.sources().isEmpty()) {
          examine(host, link, intercept.sources()).ifPresent(findings::add);
        }
      }
    }
    return findings;
  }

  // A named interface by which no source at all is answered is there for nothing, or drops. One by
  // which some are may be there for those.
  private static Optional<Finding> examine(Host host, String link, List<Cidr> sources)
      throws IOException, InterruptedException {
    Routing routing = host.routing(IpFamily.IPV4);
    Optional<Finding> finding = Optional.empty();
    for (Cidr source : sources) {
      Optional<String> back = routing.lookup(inside(source)).flatMap(Route::link);
      if (back.equals(Optional.of(link)) || hasRoute(routing, source, link)) {
        return Optional.empty();
      }
      if (back.isPresent() && finding.isEmpty()) {
        finding = Optional.of(finding(host, link, source, back.get()));
      }
    }
    return finding;
  }

  /** Whether part of a network may be answered by an interface. */
  private static boolean hasRoute(Routing routing, Cidr network, String link) {
    return routing
        .routes()
        .filter(route -> route.type() == Route.Type.UNICAST)
        .filter(route -> route.link().isEmpty() || route.link().get().equals(link))
        .anyMatch(
            route ->
                network.prefixLength() <= route.destination().prefixLength()
                    && network.contains(route.destination().address()));
  }

  // Where the check follows the mark, it goes wrong in another way: see SrcValidMarkCheck.
  private static boolean strict(Host host, String link) throws IOException {
    return mode(host, link) == STRICT && !SrcValidMarkCheck.followsMark(host, link);
  }

  /** The kernel takes the greater of an interface's mode and that of all. */
  static int mode(Host host, String link) throws IOException {
    return Math.max(
        host.sysctls().number(name("all")).orElse(0), host.sysctls().number(name(link)).orElse(0));
  }

  private static String name(String link) {
    return SysctlValues.ofInterface("ipv4", link, "rp_filter");
  }

  /** An address of a network that is not the network's own. */
  private static InetAddress inside(Cidr network) throws UnknownHostException {
    byte[] address = network.address().getAddress();
    if (network.prefixLength() < Byte.SIZE * address.length - 1) {
      address[address.length - 1] |= 1;
    }
    return InetAddress.getByAddress(address);
  }

  private static Finding finding(Host host, String link, Cidr source, String back)
      throws IOException {
    String strict =
        host.sysctls().number(name(link)).orElse(0) == STRICT ? name(link) : name("all");
    return new Finding(
        FindingType.REVERSE_PATH_FILTER,
        link,
        strict
            + " is 1, and the route back to "
            + source
            + " leads by "
            + back
            + ", not "
            + link
            + ".",
        "The kernel takes the clients of %s for forgers and drops what they send on %s before the proxy sees it."
            .formatted(source, link),
        "sysctl -w " + name(link) + "=2");
  }
}
