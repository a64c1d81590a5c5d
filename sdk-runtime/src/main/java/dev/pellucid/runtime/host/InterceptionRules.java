package dev.pellucid.runtime.host;

import dev.pellucid.api.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Everything a host needs so that traffic for others reaches the proxy's listeners: firewall rules
 * in a table or chains of their own, a route that delivers marked packets locally, sysctls.
 *
 * <p>Applying and removing may be repeated. Applying replaces the rules of an earlier time in one
 * step, without a gap.
 *
 * @param intercepts the traffic of each listener; the first that matches takes it
 */
public record InterceptionRules(List<Intercept> intercepts) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if one of them is not for TCP
   */
  public InterceptionRules {
    intercepts = List.copyOf(intercepts);
    intercepts.forEach(InterceptionRules::requireTcp);
  }

  /**
   * The script that installs these rules with a tool.
   *
   * @throws IllegalArgumentException if the tool cannot do what an intercept asks for
   */
  public HostScript applying(FirewallTool tool) {
    List<String> commands = new ArrayList<>();
    // The routes come first: a rule without its route sends packets astray.
    for (IpFamily family : families()) {
      commands.addAll(PolicyRouting.adding(family));
    }
    if (families().contains(IpFamily.IPV4)) {
      commands.add(PolicyRouting.ACCEPT_LOCAL);
    }
    commands.addAll(adding(tool));
    return new HostScript(commands);
  }

  /**
   * The script that removes what any {@link #applying} with the same tool has installed. It leaves
   * sysctls alone, for it cannot know what they were.
   */
  public static HostScript removing(FirewallTool tool) {
    List<String> commands = new ArrayList<>();
    switch (tool) {
      case NFT -> commands.add(NftRules.removing());
      case IPTABLES -> {
        for (IpFamily family : IpFamily.values()) {
          commands.addAll(IptablesRules.removing(family));
        }
      }
    }
    for (IpFamily family : IpFamily.values()) {
      commands.addAll(PolicyRouting.removing(family));
    }
    return new HostScript(commands);
  }

  private List<String> adding(FirewallTool tool) {
    return switch (tool) {
      case NFT -> List.of(NftRules.adding(intercepts));
      case IPTABLES ->
          Arrays.stream(IpFamily.values()).flatMap(family -> iptables(family).stream()).toList();
    };
  }

  // A family that is no longer intercepted may still have rules from an earlier time.
  private List<String> iptables(IpFamily family) {
    List<Intercept> own = intercepts(family);
    return own.isEmpty() ? IptablesRules.removing(family) : IptablesRules.adding(family, own);
  }

  private List<IpFamily> families() {
    return Arrays.stream(IpFamily.values())
        .filter(family -> !intercepts(family).isEmpty())
        .toList();
  }

  private List<Intercept> intercepts(IpFamily family) {
    return intercepts.stream().filter(intercept -> intercept.family() == family).toList();
  }

  private static void requireTcp(Intercept intercept) {
    if (intercept.transport() != Transport.TCP) {
      throw new IllegalArgumentException(
          "listener " + intercept.name() + ": only TCP can be intercepted so far");
    }
  }
}
