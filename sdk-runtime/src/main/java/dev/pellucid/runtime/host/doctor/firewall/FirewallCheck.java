package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Route;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks packets on paper through the firewall, and looks whether they come where they should. */
public final class FirewallCheck implements Check {

  /** Something to ask of the firewall. */
  interface Question {
    void ask(Firewall firewall, FirewallFindings findings) throws IOException, InterruptedException;
  }

  private static final List<Question> QUESTIONS =
      List.of(
          new NewTraffic(),
          new SocketTraffic(),
          new ProxyDown(),
          new Delivery(),
          new Departure(),
          new LocalOutput(),
          new Translation(),
          new OthersTraffic());

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    // Rules of others are in nobody's way; and without a tool, what there is cannot be seen.
    boolean asked = !wanted.rules().intercepts().isEmpty() || !wanted.rules().diverts().isEmpty();
    if (!asked || FirewallTool.detect().isEmpty()) {
      return List.of();
    }
    return examine(firewall(host, wanted));
  }

  static Firewall firewall(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    Surroundings around = Surroundings.of(host);
    HandOver handOver =
        HandOver.of(around.interfaces(), wanted.rules().intercepts(), host.listening());
    return new Firewall(
        new RulesWalk(host.ruleset(), handOver, Set.of()),
        address -> host.routing(IpFamily.of(address)).lookup(address).flatMap(Route::link),
        around,
        wanted,
        masks(host, wanted));
  }

  private static Map<IpFamily, Integer> masks(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    RuleNames names = wanted.rules().names();
    Map<IpFamily, Integer> masks = new EnumMap<>(IpFamily.class);
    for (IpFamily family : IpFamily.values()) {
      if (wanted.diverts(family)) {
        host.routing(family).rules().stream()
            .filter(rule -> rule.looksUp(names.mark(), names.routeTable()))
            .findFirst()
            .ifPresent(rule -> masks.put(family, rule.mask()));
      }
    }
    return masks;
  }

  static List<Finding> examine(Firewall firewall) throws IOException, InterruptedException {
    FirewallFindings findings =
        new FirewallFindings(firewall.names(), firewall.wanted().applyCommand());
    for (Question question : QUESTIONS) {
      question.ask(firewall, findings);
    }
    return findings.list();
  }
}
