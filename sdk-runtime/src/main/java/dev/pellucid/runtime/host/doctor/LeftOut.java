package dev.pellucid.runtime.host.doctor;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What was listed, and not looked at all the same. */
final class LeftOut {
  private LeftOut() {}

  /** A sentence for each. */
  static List<String> of(Host host, HostRequirements wanted) throws InterruptedException {
    List<String> notes = new ArrayList<>(routes(host));
    notes.addAll(rules(host, wanted));
    return notes;
  }

  /** What there was too much of. */
  private static List<String> routes(Host host) throws InterruptedException {
    List<String> notes = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      try {
        int routes = family.available() ? host.routing(family).leftOut() : 0;
        if (routes > 0) {
          notes.add("%d routes of %s were not looked at.".formatted(routes, family.label()));
        }
      } catch (IOException e) {
        // Whoever needed them has said so.
      }
    }
    return notes;
  }

  /** Rules that nobody but nft can read. */
  private static List<String> rules(Host host, HostRequirements wanted)
      throws InterruptedException {
    if (wanted.rules().diverts().isEmpty() && wanted.rules().intercepts().isEmpty()) {
      return List.of();
    }
    try {
      return host.ruleset().unseen().stream()
          .map(
              rule ->
                  "%s in nft's table %s %s".formatted(rule.chain(), rule.family(), rule.table()))
          .distinct()
          .map(
              chain ->
                  "What the chain %s leads to in braces, without a name, was not looked at, as nft does not list it in JSON. Findings may be for lack of that."
                      .formatted(chain))
          .toList();
    } catch (IOException e) {
      return List.of(); // The check that needs to see it says so.
    }
  }
}
