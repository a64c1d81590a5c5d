package dev.pellucid.runtime.host.doctor.routing;

import static java.util.stream.Collectors.joining;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.PolicyRule;
import dev.pellucid.runtime.host.state.Routing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A rule has marked packets looked up in the proxy's route table, ahead of all that matter. */
public final class PolicyRuleCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (wanted.diverts(family)) {
        examine(host, wanted, RouteNames.of(wanted, family)).ifPresent(findings::add);
      }
    }
    return findings;
  }

  private static Optional<Finding> examine(Host host, HostRequirements wanted, RouteNames names)
      throws IOException, InterruptedException {
    Routing routing = host.routing(names.family());
    Optional<PolicyRule> own = own(routing, names);
    return own.isEmpty()
        ? Optional.of(missing(routing, names, otherFamily(host, wanted, names)))
        : shadowing(host, wanted, names).map(rule -> shadowed(routing, names, own.get(), rule));
  }

  static Optional<PolicyRule> own(Routing routing, RouteNames names) {
    return routing.rules().stream().filter(names::looksUp).findFirst();
  }

  // A host without IPv6 is asked about it only where it is wanted.
  private static String otherFamily(Host host, HostRequirements wanted, RouteNames names)
      throws IOException, InterruptedException {
    IpFamily other = names.family() == IpFamily.IPV4 ? IpFamily.IPV6 : IpFamily.IPV4;
    RouteNames others = RouteNames.of(wanted, other);
    return wanted.diverts(other) && own(host.routing(other), others).isPresent()
        ? " " + others.familyName() + " has such a rule; each family needs its own."
        : "";
  }

  private static Finding missing(Routing routing, RouteNames names, String otherFamily) {
    List<PolicyRule> wrong = routing.rules().stream().filter(names::inTable).toList();
    String seen =
        wrong.stream()
            .map(rule -> " There is only \"%s\".".formatted(rule.text()))
            .collect(joining());
    String deleting = wrong.stream().map(rule -> names.deleting(rule) + " && ").collect(joining());
    return new Finding(
        FindingType.POLICY_RULE_MISSING,
        names.familyName(),
        "No %s rule has packets with the mark 0x%x looked up in route table %d.%s%s"
            .formatted(names.familyName(), names.mark(), names.table(), seen, otherFamily),
        "Intercepted "
            + names.familyName()
            + " packets get the mark, but nothing delivers them to the proxy: they are forwarded"
            + " past it or dropped.",
        deleting + names.ip("rule add " + names.rule()));
  }

  /** The first rule that takes marked packets before the proxy's own is asked, if one does. */
  static Optional<PolicyRule> shadowing(Host host, HostRequirements wanted, RouteNames names)
      throws IOException, InterruptedException {
    Routing routing = host.routing(names.family());
    Optional<PolicyRule> own = own(routing, names);
    if (own.isEmpty()) {
      return Optional.empty();
    }
    RuleWalk walk = new RuleWalk(routing, names);
    return new MarkedPackets(wanted, routing, host.interfaces())
        .list().stream()
            .flatMap(packet -> walk.takes(packet, own.get()).stream())
            .min((one, other) -> Integer.compare(one.priority(), other.priority()));
  }

  private static Finding shadowed(
      Routing routing, RouteNames names, PolicyRule own, PolicyRule ahead) {
    return new Finding(
        FindingType.POLICY_RULE_SHADOWED,
        names.familyName(),
        "The %s rule %d \"%s\" comes ahead of the proxy's, %d \"%s\", and takes packets with its mark."
            .formatted(
                names.familyName(), ahead.priority(), ahead.text(), own.priority(), own.text()),
        "Intercepted packets or upstreams' replies are sent elsewhere instead of to the proxy.",
        names.marksOther(ahead)
            ? RouteNamesCheck.cure(names.deleting(ahead), "mark")
            : cure(routing, names, own, ahead));
  }

  private static String cure(Routing routing, RouteNames names, PolicyRule own, PolicyRule ahead) {
    return ahead.priority() == 0
        ? "# give the rule \"%s\" a priority above 0, so that another can come ahead of it"
            .formatted(ahead.text())
        : reordering(routing, names, own);
  }

  // Ahead of all others, where no goto leads past it. Priority 0 has the table of local addresses.
  private static String reordering(Routing routing, RouteNames names, PolicyRule own) {
    int first =
        routing.rules().stream().mapToInt(PolicyRule::priority).filter(p -> p > 0).min().orElse(1);
    return names.deleting(own)
        + " && "
        + names.ip("rule add pref " + (first - 1) + " " + names.rule());
  }
}
