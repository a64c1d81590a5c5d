package dev.pellucid.runtime.host.examination;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.Rules;
import java.net.InetAddress;
import java.util.List;

/**
 * What a proxy asks of its host.
 *
 * @param rules the rules, routes and sysctls it needs
 * @param listeners its listeners
 * @param applyCommand the shell command that applies the rules, as findings about them name it, for
 *     example {@code pellucid rules apply proxy.conf}
 * @param probeClients addresses that a client could have and no host has, in whose name {@linkplain
 *     Depth#PROBE probes} speak: the first of each family. Without one, they take an unused address
 *     of the listener's sources, or of a network at its interfaces
 */
public record HostRequirements(
    Rules rules,
    List<ListenerRequirements> listeners,
    String applyCommand,
    List<InetAddress> probeClients) {

  /** Nothing: what is found then would be in any proxy's way. */
  public static final HostRequirements NONE =
      new HostRequirements(Rules.of(List.of()), List.of(), "pellucid rules apply FILE");

  /** Copies the lists. */
  public HostRequirements {
    listeners = List.copyOf(listeners);
    probeClients = List.copyOf(probeClients);
  }

  /** The same with no address to probe from. */
  public HostRequirements(Rules rules, List<ListenerRequirements> listeners, String applyCommand) {
    this(rules, listeners, applyCommand, List.of());
  }

  /** The same with addresses to probe from. */
  public HostRequirements withProbeClients(List<InetAddress> newProbeClients) {
    return new HostRequirements(rules, listeners, applyCommand, newProbeClients);
  }

  /** The same with other names. */
  public HostRequirements withNames(RuleNames newNames) {
    return new HostRequirements(rules.withNames(newNames), listeners, applyCommand, probeClients);
  }

  /** The same without what is intercepted of a family, and without the listeners that take it. */
  public HostRequirements without(IpFamily family) {
    return new HostRequirements(
        rules.without(family),
        listeners.stream()
            .filter(
                listener ->
                    listener.mode() == InterceptMode.NONE
                        || IpFamily.of(listener.address().getAddress()) != family)
            .toList(),
        applyCommand,
        probeClients);
  }

  /** Whether marked packets of a family have to be delivered to this host. */
  public boolean diverts(IpFamily family) {
    return rules.diverts().stream().anyMatch(divert -> divert.family() == family);
  }

  /** The intercepts of a family whose packets are marked, and keep their destination. */
  public List<Intercept> handedOver(IpFamily family) {
    return rules.intercepts().stream()
        .filter(intercept -> IpFamily.of(intercept.listener().getAddress()) == family)
        .filter(intercept -> intercept.mode() != InterceptMode.REDIRECT)
        .toList();
  }

  /** The listeners whose upstreams' replies of a family are marked. */
  public List<ListenerRequirements> spoofing(IpFamily family) {
    return diverts(family)
        ? listeners.stream().filter(ListenerRequirements::spoofs).toList()
        : List.of();
  }

  /** Whether anything has to be applied; it is taken for granted where nothing is known. */
  public boolean needsRules() {
    return listeners.isEmpty() || !rules.intercepts().isEmpty() || !rules.diverts().isEmpty();
  }
}
