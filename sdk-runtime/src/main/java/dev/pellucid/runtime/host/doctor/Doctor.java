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
          new ListenerAddresses(),
          new Listening(),
          new Loops(),
          new Families(),
          new SourcePorts(),
          new Descriptors(),
          new Backlog());

  private static final List<Check> TRIES = List.of(new Kernel());
  private static final List<Check> PROBES = List.of();

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
    Host host = new Host();
    List<Finding> findings = new ArrayList<>();
    for (Check check : checks(depth)) {
      findings.addAll(examine(check, host, wanted));
    }
    return findings.stream().distinct().toList();
  }

  private static List<Check> checks(Depth depth) {
    List<Check> checks = new ArrayList<>(LOOKS);
    checks.addAll(depth == Depth.LOOK ? List.of() : TRIES);
    checks.addAll(depth == Depth.PROBE ? PROBES : List.of());
    return checks;
  }

  private static List<Finding> examine(Check check, Host host, HostRequirements wanted)
      throws InterruptedException {
    try {
      return check.examine(host, wanted);
    } catch (IOException e) {
      return List.of(
          new Finding(
              FindingType.CANNOT_LOOK,
              check.getClass().getSimpleName(),
              String.valueOf(e.getMessage()),
              "What cannot be seen may be in the way all the same.",
              "# run the doctor as root"));
    }
  }
}
