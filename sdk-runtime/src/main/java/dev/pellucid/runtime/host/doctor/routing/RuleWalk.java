package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.state.PolicyRule;
import dev.pellucid.runtime.host.state.Route;
import dev.pellucid.runtime.host.state.Routing;
import java.util.Optional;

/**
 * Follows packets with the proxy's mark through the rules of policy routing, on paper, up to the
 * rule that is the proxy's. Rules with {@linkplain PolicyRule#special conditions that cannot be
 * judged} are taken not to match.
 */
final class RuleWalk {
  private final Routing routing;
  private final RouteNames names;

  RuleWalk(Routing routing, RouteNames names) {
    this.routing = routing;
    this.names = names;
  }

  /** The rule that takes a packet elsewhere before the proxy's own is asked, if one does. */
  Optional<PolicyRule> takes(MarkedPacket packet, PolicyRule own) {
    int from = 0;
    for (PolicyRule rule : routing.rules()) {
      if (rule.equals(own)) {
        return Optional.empty();
      }
      if (rule.priority() < from || !matches(rule, packet)) {
        continue;
      }
      switch (rule.action()) {
        case BLACKHOLE, UNREACHABLE, PROHIBIT -> {
          return Optional.of(rule);
        }
        case LOOKUP -> {
          Optional<Route> route = route(rule, packet);
          if (route.isPresent()) {
            // Delivered is delivered, by whatever table.
            return route.filter(found -> found.type() != Route.Type.LOCAL).map(found -> rule);
          }
        }
        case GOTO -> {
          if (rule.target() > own.priority()) {
            return Optional.of(rule);
          }
          from = rule.target();
        }
        case NOP -> {}
      }
    }
    return Optional.empty();
  }

  /** Whether a rule is for a packet, if it comes to that rule. */
  boolean matches(PolicyRule rule, MarkedPacket packet) {
    boolean matches =
        rule.acceptsMark(names.mark())
            && rule.from().filter(network -> !network.contains(packet.from())).isEmpty()
            && rule.to().filter(network -> !network.contains(packet.to())).isEmpty()
            && rule.input().filter(link -> !link.equals(packet.input())).isEmpty()
            && rule.output().isEmpty()
            && rule.protocol().orElse(packet.protocol()) == packet.protocol()
            && rule.destinationPorts().filter(ports -> !has(ports, packet.toPort())).isEmpty()
            && rule.sourcePorts().filter(ports -> !has(ports, packet.fromPort())).isEmpty()
            && rule.users().filter(users -> !users.others()).isEmpty();
    return judged(rule, packet) && matches != rule.inverted();
  }

  private static boolean judged(PolicyRule rule, MarkedPacket packet) {
    return !rule.special()
        // Whose socket sends is not known.
        && (rule.users().isEmpty() || !packet.input().equals(LoopbackCheck.LOOPBACK))
        && (rule.sourcePorts().isEmpty() || packet.fromPort() != MarkedPacket.ANY_PORT)
        && (rule.destinationPorts().isEmpty() || packet.toPort() != MarkedPacket.ANY_PORT);
  }

  /** Whether a range has a port. */
  static boolean has(PortRange range, int port) {
    return range.first() <= port && port <= range.last();
  }

  private Optional<Route> route(PolicyRule rule, MarkedPacket packet) {
    return routing
        .towards(packet.to(), rule.table())
        .filter(route -> route.type() != Route.Type.OTHER)
        .findFirst()
        .filter(route -> route.type() != Route.Type.THROW)
        .filter(route -> route.destination().prefixLength() > rule.suppressed().orElse(-1));
  }
}
