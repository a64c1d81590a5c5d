package dev.pellucid.runtime.host.doctor.routing;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.PolicyRule;
import dev.pellucid.runtime.host.state.Route;
import java.util.List;

/**
 * What belongs to the proxy in the routing of a family.
 *
 * @param family the version of IP
 * @param mark the mark of packets that are to be delivered
 * @param table the table that delivers them
 */
record RouteNames(IpFamily family, int mark, int table) {

  static RouteNames of(HostRequirements wanted, IpFamily family) {
    RuleNames names = wanted.rules().names();
    return new RouteNames(family, names.mark(), names.routeTable());
  }

  /** Whether a rule has all packets with the mark looked up in the table. */
  boolean looksUp(PolicyRule rule) {
    return rule.looksUp(mark, table);
  }

  /** Whether a rule looks in the table, for whatever packets. */
  boolean inTable(PolicyRule rule) {
    return rule.action() == PolicyRule.Action.LOOKUP && rule.table() == table;
  }

  /** Whether a rule is for the mark and looks elsewhere. */
  boolean marksOther(PolicyRule rule) {
    return !inTable(rule) && !rule.inverted() && rule.mask() != 0 && rule.mark() == mark;
  }

  /** Whether routes of the table deliver everything: one of them, or two for a half each. */
  boolean deliver(List<Route> routes) {
    List<Cidr> local =
        routes.stream()
            .filter(route -> route.type() == Route.Type.LOCAL)
            .map(Route::destination)
            .toList();
    return local.stream().anyMatch(network -> network.prefixLength() == 0)
        || local.stream().filter(network -> network.prefixLength() == 1).distinct().count() == 2;
  }

  /** What tells the rule, for ip(8). */
  String rule() {
    return "fwmark 0x%x lookup %d".formatted(mark, table);
  }

  /** The route, for ip(8). */
  String route() {
    return "local default dev lo table " + table;
  }

  /** A command of ip(8) about this family. */
  String ip(String command) {
    return "ip " + family.option() + " " + command;
  }

  /** The command that deletes a rule. */
  String deleting(PolicyRule rule) {
    return ip("rule del pref " + rule.priority() + " " + rule.text());
  }

  /** What people call the family. */
  String familyName() {
    return family == IpFamily.IPV4 ? "IPv4" : "IPv6";
  }
}
