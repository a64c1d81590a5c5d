package dev.pellucid.runtime.host;

import dev.pellucid.runtime.linux.Capabilities;
import dev.pellucid.runtime.linux.Capabilities.Capability;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Whether rules can be applied. Looks, and has the tools try without doing it.
 *
 * @param rules what is to be applied
 * @param tool what it is to be applied with
 */
record RulesCheck(Rules rules, FirewallTool tool) {
  void check() throws IOException, InterruptedException {
    requireCapability();
    requireInstalled("ip");
    requireInstalled(tool.command());
    requireAvailable();
    for (IpFamily family : rules.diverted()) {
      requireFree(family);
    }
    switch (tool) {
      case NFT -> tryOut(new NftRules(rules).input(), "nft", "-c", "-f", "-");
      case IPTABLES -> {
        for (IpFamily family : IpFamily.values()) {
          tryOut(family);
        }
      }
    }
  }

  static void requireCapability() throws IOException {
    if (!Capabilities.read().effective(Capability.NET_ADMIN)) {
      throw new RulesException(
          "only root may change firewall rules, routes and sysctls (CAP_NET_ADMIN): try sudo");
    }
  }

  private static void requireInstalled(String command) throws RulesException {
    if (!HostCommand.installed(command)) {
      throw new RulesException(
          "`%s` is not installed; it comes with the package %s"
              .formatted(
                  command,
                  switch (command) {
                    case "ip" -> "iproute2";
                    case "nft" -> "nftables";
                    default -> "iptables";
                  }));
    }
  }

  /** Refuses a family that this host does not have. */
  private void requireAvailable() throws RulesException {
    for (IpFamily family : IpFamily.values()) {
      if (rules.needs(family) && !family.available()) {
        throw new RulesException(
            "this host has no IPv6, which the rules for IPv6 addresses need: switch it on (`sysctl -w net.ipv6.conf.all.disable_ipv6=0`; no ipv6.disable=1 at boot), or leave out listeners and sources with IPv6 addresses");
      }
    }
  }

  /** Refuses a mark or a route table that another program uses. */
  private void requireFree(IpFamily family) throws IOException, InterruptedException {
    String mark = rules.names().markText();
    String table = Integer.toString(rules.names().routeTable());
    String own = "from all fwmark %s(/\\w+)? lookup %s".formatted(mark, table);
    // The host may have names for route tables: -N has numbers all the same.
    for (String rule : lines("ip", "-N", family.option, "rule", "show")) {
      String selector = rule.replaceFirst("^\\d+:\\s*", "").strip();
      boolean ours = selector.matches(own);
      if (!ours && selector.matches(".* fwmark " + mark + "(/.*)? .*")) {
        throw taken("the mark " + mark, family, "rule", rule, "mark");
      }
      if (!ours && (selector + " ").contains(" lookup " + table + " ")) {
        throw taken("route table " + table, family, "rule", rule, "route-table");
      }
    }
    for (String route : routes(family, table)) {
      if (!route.strip().startsWith("local default dev lo ")) {
        throw taken("route table " + table, family, "route", route, "route-table");
      }
    }
  }

  private static RulesException taken(
      String what, IpFamily family, String object, String found, String key) {
    return new RulesException(
        "%s belongs to another program: `ip %s %s show` has \"%s\"; choose another with pellucid.rules.%s"
            .formatted(what, family.option, object, found.strip(), key));
  }

  // A table that nobody has used yet is an error to ip.
  private static List<String> routes(IpFamily family, String table)
      throws IOException, InterruptedException {
    try {
      return lines("ip", family.option, "route", "show", "table", table);
    } catch (HostCommandException e) {
      return List.of();
    }
  }

  private static List<String> lines(String... command) throws IOException, InterruptedException {
    return HostCommand.run(command).lines().toList();
  }

  private void tryOut(IpFamily family) throws IOException, InterruptedException {
    Optional<String> input = rules.iptables(family).input();
    if (input.isPresent()) {
      requireInstalled(family.iptables);
      tryOut(input.get(), family.iptables + "-restore", "-w", "--noflush", "--test");
    }
  }

  /** Has a tool read rules, and refuses what it refuses. */
  void tryOut(String input, String... command) throws IOException, InterruptedException {
    try {
      HostCommand.run(HostCommand::text, input, command);
    } catch (HostCommandException e) {
      throw new RulesException(
          "this kernel or this %s cannot take the rules (for TPROXY, the kernel needs the modules xt_TPROXY, xt_socket or nft_tproxy, nft_socket): %s; --tool %s may do"
              .formatted(command[0], e.stderr().strip(), Rules.other(tool).command()));
    }
  }
}
