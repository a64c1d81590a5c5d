package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.toSet;

import dev.pellucid.api.Transport;
import java.io.IOException;
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

  /** The same rules for the other family only. */
  public Rules without(IpFamily family) {
    return new Rules(
        intercepts.stream().filter(intercept -> intercept.family() != family).toList(),
        diverts.stream().filter(divert -> divert.family() != family).collect(toSet()),
        names);
  }

  /** The same rules with other names. */
  public Rules withNames(RuleNames newNames) {
    return new Rules(intercepts, diverts, newNames);
  }

  /**
   * The script that installs these rules with a tool, and takes away what the other tool holds of
   * them. Without anything to install it is the one that removes them.
   *
   * @throws ImpossibleRuleException if the tool cannot do what an intercept asks for: iptables
   *     cannot reset, and cannot let pass by what it hands over by TPROXY
   */
  public HostScript applying(FirewallTool tool) {
    if (intercepts.isEmpty() && diverts.isEmpty()) {
      return removing();
    }
    List<String> commands = new ArrayList<>();
    // Settings and routes come first: a rule without its route sends packets astray.
    if (tool == FirewallTool.IPTABLES) {
      // Before the first chain that the notes are in.
      commands.addAll(creating());
    }
    for (IpFamily family : diverted()) {
      String setting = new Sysctls(family, this).setting(notes(tool, family));
      if (!setting.isEmpty()) {
        commands.add(setting);
      }
    }
    diverted().forEach(family -> commands.addAll(new PolicyRouting(family, names).adding()));
    commands.addAll(installing(tool));
    commands.addAll(uninstalling(other(tool)));
    commands.addAll(takingBack());
    return new HostScript(commands);
  }

  /** What only an earlier configuration needed. */
  private List<String> takingBack() {
    List<String> commands = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (!diverts(family)) {
        commands.addAll(new PolicyRouting(family, names).removing());
      }
      Sysctls sysctls = new Sysctls(family, this);
      if (!sysctls.bypassed()) {
        for (FirewallTool tool : FirewallTool.values()) {
          commands.add(sysctls.restoringForwarding(notes(tool, family)));
        }
      }
    }
    return commands;
  }

  /** The script that removes what any {@link #applying} with the same names has done. */
  public HostScript removing() {
    List<String> commands = new ArrayList<>();
    // In the reverse order, for the same reason.
    for (FirewallTool tool : FirewallTool.values()) {
      commands.addAll(uninstalling(tool));
    }
    for (IpFamily family : IpFamily.values()) {
      commands.addAll(new PolicyRouting(family, names).removing());
    }
    commands.add(Sysctls.restoring(Notes.nft(names)));
    for (IpFamily family : IpFamily.values()) {
      commands.add(iptables(family).restoring());
    }
    return new HostScript(commands);
  }

  /**
   * Installs these rules with the first tool there is.
   *
   * @return what has changed, a line each; nothing if they were in place already
   * @throws RulesException if that cannot succeed; nothing has changed then
   * @throws IOException if a command fails all the same; applying again or removing mends it
   */
  public List<String> apply() throws IOException, InterruptedException {
    return apply(
        FirewallTool.detect()
            .orElseThrow(
                () ->
                    new RulesException("neither nft nor iptables is installed: install nftables")));
  }

  /** Installs these rules with a tool, as {@link #apply()} does. */
  public List<String> apply(FirewallTool tool) throws IOException, InterruptedException {
    HostScript script = scriptOf(tool);
    new RulesCheck(this, tool).check();
    return script.run();
  }

  private HostScript scriptOf(FirewallTool tool) throws RulesException {
    try {
      return applying(tool);
    } catch (ImpossibleRuleException e) {
      throw new RulesException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Removes the rules that have these names, whichever tool installed them.
   *
   * @return what has changed, a line each
   * @throws RulesException if this process may not
   */
  public List<String> remove() throws IOException, InterruptedException {
    RulesCheck.requireCapability();
    return removing().run();
  }

  private List<String> installing(FirewallTool tool) {
    return switch (tool) {
      case NFT -> List.of(new NftRules(this).adding());
      case IPTABLES ->
          Arrays.stream(IpFamily.values())
              .flatMap(family -> iptables(family).adding().stream())
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

  private List<String> creating() {
    return Arrays.stream(IpFamily.values())
        .flatMap(family -> iptables(family).creating().stream())
        .toList();
  }

  private List<String> uninstalling(FirewallTool tool) {
    return switch (tool) {
      case NFT -> List.of(new NftRules(this).removing());
      case IPTABLES ->
          Arrays.stream(IpFamily.values())
              .flatMap(family -> iptables(family).removing().stream())
              .toList();
    };
  }

  static FirewallTool other(FirewallTool tool) {
    return tool == FirewallTool.NFT ? FirewallTool.IPTABLES : FirewallTool.NFT;
  }

  private Notes notes(FirewallTool tool, IpFamily family) {
    return switch (tool) {
      case NFT -> Notes.nft(names);
      case IPTABLES -> Notes.iptables(family, names);
    };
  }

  IptablesRules iptables(IpFamily family) {
    return new IptablesRules(family, this);
  }

  /** Whether there are rules for packets of a family. */
  public boolean needs(IpFamily family) {
    return diverts(family) || !redirected(family).isEmpty();
  }

  /** The families that need routes. */
  List<IpFamily> diverted() {
    return Arrays.stream(IpFamily.values()).filter(this::diverts).toList();
  }

  /** Whether packets of a family are delivered to transparent sockets. */
  boolean diverts(IpFamily family) {
    return diverts.stream().anyMatch(divert -> divert.family() == family);
  }

  /**
   * Whether sockets of a family own datagrams and no TPROXY rule has the kernel put fragments
   * together, without which nft finds no owner of the second.
   */
  public boolean needsDefragmentation(IpFamily family) {
    return diverts.contains(new Divert(family, Transport.UDP))
        && handedOver(family).stream()
            .noneMatch(intercept -> intercept.mode() == InterceptMode.TPROXY);
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
