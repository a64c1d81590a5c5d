package dev.pellucid.runtime.host.ruleset;

import java.util.Set;

/** Rules on paper, for tests elsewhere. */
public final class PaperRuleset {
  private PaperRuleset() {}

  /** What iptables-save writes, on a host with the address 10.1.0.1. */
  public static Ruleset iptables(String listing) {
    AddressType types = new AddressType(Set.of(Interval.address("10.1.0.1")));
    return new Ruleset(IptablesListing.parse("iptables", listing, types));
  }
}
