package dev.pellucid.runtime.host.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Examines a host. Every method blocks, and looks at the network namespace of the calling thread.
 */
public final class Doctor {
  /** What only looks, in the order of a packet's way, the host first. */
  private static final List<Check> LOOKS =
      List.of(
          new Tools(),
          new Privileges(),
          new JavaFile(),
          new LoopbackCheck(),
          new ForwardingCheck(),
          new ReversePathCheck(),
          new SrcValidMarkCheck(),
          new BridgeNetfilterCheck(),
          new PolicyRuleCheck(),
          new LocalRouteCheck(),
          new RouteNamesCheck(),
          new FirewallCheck(),
          new ListenerAddresses(),
          new Listening(),
          new Loops(),
          new Families(),
          new SourcePorts(),
          new Descriptors(),
          new Backlog(),
          new RouteCheck());

  private static final List<Check> TRIES = List.of(new Kernel());

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
   * and say no more than that.
   *
   * @param wanted what the proxy asks of it
   * @param depth how far to go
   * @throws InterruptedException if the thread is interrupted
   */
  public static Examination examineAndTell(HostRequirements wanted, Depth depth)
      throws InterruptedException {
    Host host = new Host();
    List<Finding> findings = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Check check : checks(depth)) {
      findings.addAll(examine(check, host, wanted));
    }
    if (depth == Depth.PROBE && findings.stream().anyMatch(Doctor::inTheWay)) {
      notes.add("No traffic was sent: cure these first, then probe again.");
    } else if (depth == Depth.PROBE) {
      for (Probe probe : PROBES) {
        Examination probed = probe(probe, host, wanted);
        findings.addAll(probed.findings());
        notes.addAll(probed.notes());
      }
    }
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

  private static List<Finding> examine(Check check, Host host, HostRequirements wanted)
      throws InterruptedException {
    try {
      return check.examine(host, wanted);
    } catch (IOException e) {
      return List.of(cannotLook(check, e));
    }
  }

  private static Examination probe(Probe probe, Host host, HostRequirements wanted)
      throws InterruptedException {
    try {
      return probe.probe(host, wanted);
    } catch (IOException e) {
      return new Examination(List.of(cannotLook(probe, e)), List.of());
    }
  }

  private static Finding cannotLook(Object looking, IOException failure) {
    return new Finding(
        FindingType.CANNOT_LOOK,
        looking.getClass().getSimpleName(),
        String.valueOf(failure.getMessage()),
        "What cannot be seen may be in the way all the same.",
        "# run the doctor as root");
  }
}
