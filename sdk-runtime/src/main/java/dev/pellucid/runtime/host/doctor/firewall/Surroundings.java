package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.ruleset.Named;
import dev.pellucid.runtime.host.ruleset.Ruleset;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interfaces;
import dev.pellucid.runtime.host.state.Route;
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
  private static final int MAIN_TABLE = 254;

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
      host.routing(family).table(MAIN_TABLE).stream()
          .filter(Surroundings::leadsToHosts)
          .flatMap(route -> route.link().map(to -> new Network(route.destination(), to)).stream())
          .filter(network -> interfaces.named(network.link()).isPresent())
          .limit(MAX_NETWORKS)
          .forEach(networks::add);
    }
    Ruleset ruleset = host.ruleset();
    return new Surroundings(interfaces, networks, ruleset.named(), ruleset.asksForSenders());
  }

  private static boolean leadsToHosts(Route route) {
    InetAddress address = route.destination().address();
    return route.type() == Route.Type.UNICAST
        && route.destination().prefixLength() > 0
        && !address.isLinkLocalAddress()
        && !address.isMulticastAddress();
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
