package dev.pellucid.runtime.host.doctor;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.doctor.firewall.BridgeNetfilterCheck;
import dev.pellucid.runtime.host.doctor.firewall.FirewallCheck;
import dev.pellucid.runtime.host.doctor.firewall.NamesByHand;
import dev.pellucid.runtime.host.doctor.kernel.Ipv6Check;
import dev.pellucid.runtime.host.doctor.kernel.KernelCheck;
import dev.pellucid.runtime.host.doctor.kernel.ToolCheck;
import dev.pellucid.runtime.host.doctor.probe.ClientProbe;
import dev.pellucid.runtime.host.doctor.probe.UpstreamProbe;
import dev.pellucid.runtime.host.doctor.process.BacklogCheck;
import dev.pellucid.runtime.host.doctor.process.DescriptorCheck;
import dev.pellucid.runtime.host.doctor.process.JavaFileCheck;
import dev.pellucid.runtime.host.doctor.process.ListenerAddressCheck;
import dev.pellucid.runtime.host.doctor.process.ListeningCheck;
import dev.pellucid.runtime.host.doctor.process.LoopCheck;
import dev.pellucid.runtime.host.doctor.process.PrivilegeCheck;
import dev.pellucid.runtime.host.doctor.process.SourcePortCheck;
import dev.pellucid.runtime.host.doctor.routing.FamilyCheck;
import dev.pellucid.runtime.host.doctor.routing.ForwardingCheck;
import dev.pellucid.runtime.host.doctor.routing.LocalRouteCheck;
import dev.pellucid.runtime.host.doctor.routing.LoopbackCheck;
import dev.pellucid.runtime.host.doctor.routing.OwnUpstreamCheck;
import dev.pellucid.runtime.host.doctor.routing.PolicyRuleCheck;
import dev.pellucid.runtime.host.doctor.routing.ReversePathCheck;
import dev.pellucid.runtime.host.doctor.routing.RouteCheck;
import dev.pellucid.runtime.host.doctor.routing.RouteNamesCheck;
import dev.pellucid.runtime.host.doctor.routing.SrcValidMarkCheck;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Examination;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.Probe;
import dev.pellucid.runtime.host.examination.Severity;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Examines a host. Every method blocks, and looks at the network namespace of the calling thread.
 */
public final class Doctor {
  /** What only looks, in the order of a packet's way, the host first. */
  private static final List<Check> LOOKS =
      List.of(
          new ToolCheck(),
          new PrivilegeCheck(),
          new JavaFileCheck(),
          new LoopbackCheck(),
          new ForwardingCheck(),
          new ReversePathCheck(),
          new SrcValidMarkCheck(),
          new BridgeNetfilterCheck(),
          new PolicyRuleCheck(),
          new LocalRouteCheck(),
          new RouteNamesCheck(),
          new OwnUpstreamCheck(),
          new FirewallCheck(),
          new ListenerAddressCheck(),
          new ListeningCheck(),
          new LoopCheck(),
          new FamilyCheck(),
          new SourcePortCheck(),
          new DescriptorCheck(),
          new BacklogCheck(),
          new RouteCheck());

  private static final List<Check> TRIES = List.of(new KernelCheck());

  /** What sends traffic, the upstreams first: without them, there is nothing to connect to. */
  private static final List<Probe> PROBES = List.of(new UpstreamProbe(), new ClientProbe());

  private Doctor() {}

  /**
   * Examines the host.
   *
   * @param wanted what the proxy asks of it
   * @param depth how far to go
   * @return what is in the proxy's way; empty if nothing is. What cannot be looked at is a finding
   *     of its own, {@link FindingType#CANNOT_LOOK}
   * @throws InterruptedException if the thread is interrupted
   */
  public static List<Finding> examine(HostRequirements wanted, Depth depth)
      throws InterruptedException {
    return examineAndTell(wanted, depth).findings();
  }

  /**
   * Examines the host, and tells also what could not be found out. Nothing is {@linkplain
   * Depth#PROBE probed} where what is seen without is in the way already: all probes would fail,
   * and say no more than that. Rules that were written by hand with another mark and another route
   * table than the configuration's are examined with theirs.
   *
   * @param wanted what the proxy asks of it
   * @param depth how far to go
   * @throws InterruptedException if the thread is interrupted
   */
  public static Examination examineAndTell(HostRequirements wanted, Depth depth)
      throws InterruptedException {
    Host host = new Host();
    List<String> notes = new ArrayList<>();
    Optional<RuleNames> byHand = byHand(host, wanted);
    byHand.ifPresent(names -> notes.add(namesByHand(names)));
    HostRequirements named = byHand.map(wanted::withNames).orElse(wanted);
    List<Finding> ipv6 = new Ipv6Check().examine(host, named);
    // Where there is no IPv6, all else about it would be the same finding again.
    HostRequirements rest = ipv6.isEmpty() ? named : named.without(IpFamily.IPV6);
    return examine(host, rest, depth, ipv6, notes);
  }

  private static Optional<RuleNames> byHand(Host host, HostRequirements wanted)
      throws InterruptedException {
    try {
      return NamesByHand.of(host, wanted);
    } catch (IOException e) {
      return Optional.empty(); // The check that needs to see it says so.
    }
  }

  private static String namesByHand(RuleNames names) {
    return "The rules here are written by hand, with another mark and route table than the"
        + " configuration's. Set pellucid.rules { mark = %d, route-table = %d }: what"
            .formatted(names.mark(), names.routeTable())
        + " `pellucid rules apply` adds would not get along with them.";
  }

  private static Examination examine(
      Host host, HostRequirements wanted, Depth depth, List<Finding> before, List<String> notes)
      throws InterruptedException {
    List<Finding> findings = new ArrayList<>(before);
    Unseen unseen = new Unseen();
    for (Check check : checks(depth)) {
      findings.addAll(examine(check, host, wanted, unseen));
    }
    if (depth == Depth.PROBE && findings.stream().anyMatch(Doctor::inTheWay)) {
      notes.add("No traffic was sent: cure these first, then probe again.");
    } else if (depth == Depth.PROBE) {
      for (Probe probe : PROBES) {
        Examination probed = probe(probe, host, wanted, unseen);
        findings.addAll(probed.findings());
        notes.addAll(probed.notes());
      }
    }
    unseen.report(findings, notes);
    notes.addAll(LeftOut.of(host, wanted));
    return new Examination(findings.stream().distinct().toList(), notes);
  }

  private static boolean inTheWay(Finding finding) {
    return finding.type().severity() != Severity.RISK;
  }

  private static List<Check> checks(Depth depth) {
    List<Check> checks = new ArrayList<>(LOOKS);
    checks.addAll(depth == Depth.LOOK ? List.of() : TRIES);
    return checks;
  }

  private static List<Finding> examine(
      Check check, Host host, HostRequirements wanted, Unseen unseen) throws InterruptedException {
    try {
      return check.examine(host, wanted);
    } catch (IOException e) {
      unseen.add(e);
      return List.of();
    }
  }

  private static Examination probe(Probe probe, Host host, HostRequirements wanted, Unseen unseen)
      throws InterruptedException {
    try {
      return probe.probe(host, wanted);
    } catch (IOException e) {
      unseen.add(e);
      return new Examination(List.of(), List.of());
    }
  }
}
