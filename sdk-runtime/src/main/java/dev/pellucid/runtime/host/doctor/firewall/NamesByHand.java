package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.PolicyRule;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The mark and the route table of rules that somebody wrote by hand for a proxy, where they are not
 * those of its configuration: traffic flows, and nothing of what the configuration names is there.
 */
public final class NamesByHand {
  private NamesByHand() {}

  /**
   * Looks for them. Blocks.
   *
   * @return empty if there are none, or the configuration's are there
   * @throws IOException if rules or routes cannot be seen
   */
  public static Optional<RuleNames> of(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    if (FirewallTool.detect().isEmpty()) {
      return Optional.empty();
    }
    for (Intercept intercept : wanted.rules().intercepts()) {
      if (intercept.mode() == InterceptMode.TPROXY) {
        return of(host, FirewallCheck.firewall(host, wanted), intercept);
      }
    }
    return Optional.empty();
  }

  private static Optional<RuleNames> of(Host host, Firewall firewall, Intercept intercept)
      throws IOException, InterruptedException {
    RuleNames names = firewall.names();
    IpFamily family = IpFamily.of(intercept.listener().getAddress());
    Routing routing = host.routing(family);
    if (table(routing, names.mark(), table -> table == names.routeTable()).isPresent()) {
      return Optional.empty();
    }
    for (Packet packet : firewall.packets().first(intercept)) {
      Fate fate = firewall.arrives(packet);
      int mark = fate.mark();
      if (mark != 0
          && mark != names.mark()
          && mark != names.proxyMark()
          && fate.listener().filter(at -> firewall.right(intercept, packet, at)).isPresent()) {
        return table(routing, mark, table -> delivers(routing, table))
            .map(table -> new RuleNames(names.table(), mark, names.proxyMark(), table));
      }
    }
    return Optional.empty();
  }

  private static Optional<Integer> table(Routing routing, int mark, Predicate<Integer> wanted) {
    return routing.rules().stream()
        .filter(rule -> rule.looksUp(mark, rule.table()))
        .map(PolicyRule::table)
        .filter(wanted)
        .findFirst();
  }

  private static boolean delivers(Routing routing, int table) {
    return routing.table(table).stream()
        .anyMatch(
            route -> route.type() == Route.Type.LOCAL && route.destination().prefixLength() == 0);
  }
}
