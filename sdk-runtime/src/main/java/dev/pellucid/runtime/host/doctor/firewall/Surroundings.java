package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.ruleset.Named;
import dev.pellucid.runtime.host.ruleset.Ruleset;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interfaces;
import dev.pellucid.runtime.host.state.Routing;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What there is around a host, of which its rules may speak.
 *
 * @param interfaces where traffic of others comes from
 * @param networks those that routes of their own lead to, by one of these interfaces
 * @param named what rules name
 * @param bySender whether rules ask which process sends: what becomes of the proxy's own packets is
 *     not known then
 */
record Surroundings(
    Interfaces interfaces, List<Network> networks, List<Named> named, boolean bySender) {
  // A router has whole tables of them: the first ones are examples enough.
  private static final int MAX_NETWORKS = 16;

  /**
   * A network.
   *
   * @param prefix its addresses
   * @param link the interface that leads there
   */
  record Network(Cidr prefix, String link) {}

  static Surroundings of(Host host) throws IOException, InterruptedException {
    Interfaces interfaces = host.interfaces().receiving();
    List<Network> networks = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (family.available()) {
        networks.addAll(known(host.routing(family), interfaces));
      }
    }
    Ruleset ruleset = host.ruleset();
    return new Surroundings(interfaces, networks, ruleset.named(), ruleset.asksForSenders());
  }

  private static List<Network> known(Routing routing, Interfaces interfaces) {
    return routing.known().stream()
        .flatMap(route -> route.link().map(to -> new Network(route.destination(), to)).stream())
        .filter(network -> interfaces.named(network.link()).isPresent())
        .limit(MAX_NETWORKS)
        .toList();
  }

  /** The network that an address is in, unless only a default route leads there. */
  Optional<Network> networkOf(InetAddress address) {
    return networks.stream()
        .filter(network -> network.prefix().contains(address))
        .max(Comparator.comparingInt(network -> network.prefix().prefixLength()));
  }

  /**
   * Whether an interface is a bridge, behind which are this host's own containers and machines, as
   * often as not: rules of those who run them keep others out, and hide their addresses.
   */
  boolean isBridge(String name) {
    return interfaces.named(name).filter(each -> each.isBridge()).isPresent();
  }
}
