package dev.pellucid.runtime.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything a host needs so that traffic for others reaches the proxy's sockets: firewall rules in
 * a table or chains of their own, a route that delivers marked packets locally, sysctls.
 *
 * <p>Applying and removing may be repeated. Applying replaces the rules of an earlier time in one
 * step, without a gap.
 *
 * @param intercepts the traffic of each listener; the first that matches takes it
 * @param diverts the traffic of transparent sockets; those of the intercepts are added
 * @param names what belongs to the rules on the host
 */
public record Rules(List<Intercept> intercepts, Set<Divert> diverts, RuleNames names) {

  /** Copies the collections. */
  public Rules {
    intercepts = List.copyOf(intercepts);
    Set<Divert> all = new LinkedHashSet<>(diverts);
    intercepts.stream()
        .filter(intercept -> intercept.mode() != InterceptMode.REDIRECT)
        .map(intercept -> new Divert(intercept.family(), intercept.transport()))
        .forEach(all::add);
    diverts = Set.copyOf(all);
  }

  /** Rules for these intercepts, and for no other transparent sockets, with the usual names. */
  public static Rules of(List<Intercept> intercepts) {
    return new Rules(intercepts, Set.of(), RuleNames.DEFAULT);
  }

  /** The same rules, and such that bring their traffic to these transparent sockets too. */
  public Rules withDiverts(Set<Divert> more) {
    Set<Divert> all = new LinkedHashSet<>(diverts);
    all.addAll(more);
    return new Rules(intercepts, all, names);
  }

  /** The same rules with other names. */
  public Rules withNames(RuleNames newNames) {
    return new Rules(intercepts, diverts, newNames);
  }

  /**
   * The script that installs these rules with a tool.
   *
   * @throws IllegalArgumentException if the tool cannot do what an intercept asks for: iptables
   *     cannot reset, and cannot let pass by what it hands over by TPROXY
   */
  public HostScript applying(FirewallTool tool) {
    List<String> commands = new ArrayList<>();
    // The routes come first: a rule without its route sends packets astray.
    for (IpFamily family : IpFamily.values()) {
      commands.addAll(diverts(family) ? new PolicyRouting(family, names).adding() : List.of());
    }
    if (diverts(IpFamily.IPV4)) {
      commands.add(PolicyRouting.ACCEPT_LOCAL);
    }
    commands.addAll(adding(tool));
    return new HostScript(commands);
  }

  /**
   * The script that removes what any {@link #applying} with the same tool and names has installed.
   * It leaves sysctls alone, for it cannot know what they were.
   */
  public HostScript removing(FirewallTool tool) {
    List<String> commands = new ArrayList<>();
    switch (tool) {
      case NFT -> commands.add(new NftRules(this).removing());
      case IPTABLES -> {
        for (IpFamily family : IpFamily.values()) {
          commands.addAll(new IptablesRules(family, this).removing());
        }
      }
    }
    for (IpFamily family : IpFamily.values()) {
      commands.addAll(new PolicyRouting(family, names).removing());
    }
    return new HostScript(commands);
  }

  private List<String> adding(FirewallTool tool) {
    return switch (tool) {
      case NFT -> List.of(new NftRules(this).adding());
      case IPTABLES ->
          Arrays.stream(IpFamily.values())
              .flatMap(family -> new IptablesRules(family, this).adding().stream())
              .toList();
    };
  }

  /**
   * The mark (SO_MARK) that the proxy's own sockets need, or else these rules would intercept what
   * they send; 0 if they need none.
   */
  public int socketMark() {
    return intercepts.stream().anyMatch(Intercept::localOutput) ? names.proxyMark() : 0;
  }

  /** Whether packets of a family are delivered to transparent sockets. */
  boolean diverts(IpFamily family) {
    return diverts.stream().anyMatch(divert -> divert.family() == family);
  }

  /** Those of a family whose packets keep their destination. */
  List<Intercept> handedOver(IpFamily family) {
    return intercepts.stream()
        .filter(intercept -> intercept.family() == family)
        .filter(intercept -> intercept.mode() != InterceptMode.REDIRECT)
        .toList();
  }

  /** Those of a family whose packets are redirected. */
  List<Intercept> redirected(IpFamily family) {
    return intercepts.stream()
        .filter(intercept -> intercept.family() == family)
        .filter(intercept -> intercept.mode() == InterceptMode.REDIRECT)
        .toList();
  }
}
