package dev.pellucid.runtime.host.doctor.kernel;

import static java.util.stream.Collectors.joining;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether the kernel can do what the rules ask of it, by having it take such rules. */
public final class KernelCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Optional<FirewallTool> tool = KernelTrial.toolInUse(wanted.rules().names());
    if (tool.isPresent()) {
      boolean nft = tool.get() == FirewallTool.NFT;
      List<IpFamily> tproxy =
          families(
              family ->
                  usesTproxy(wanted, family)
                      || (nft && wanted.rules().needsDefragmentation(family)));
      List<IpFamily> socket = families(family -> usesSocket(wanted, family));
      findings.addAll(examine(tool.get(), KernelFeature.TPROXY, tproxy));
      findings.addAll(examine(tool.get(), KernelFeature.SOCKET, socket));
    }
    return findings;
  }

  private static List<IpFamily> families(Predicate<IpFamily> used) {
    return Arrays.stream(IpFamily.values()).filter(used).toList();
  }

  private static List<Finding> examine(
      FirewallTool tool, KernelFeature feature, List<IpFamily> families)
      throws IOException, InterruptedException {
    List<IpFamily> missing = new ArrayList<>();
    for (IpFamily family : families) {
      if (!KernelTrial.with(tool).takes(family, feature)) {
        missing.add(family);
      }
    }
    return missing.isEmpty() ? List.of() : List.of(finding(tool, feature, missing));
  }

  // Where nothing is known, what most proxies need.
  private static boolean usesTproxy(HostRequirements wanted, IpFamily family) {
    return usual(wanted, family)
        || wanted.rules().intercepts().stream()
            .filter(intercept -> intercept.mode() == InterceptMode.TPROXY)
            .map(Intercept::listener)
            .anyMatch(listener -> IpFamily.of(listener.getAddress()) == family);
  }

  private static boolean usesSocket(HostRequirements wanted, IpFamily family) {
    return usual(wanted, family)
        || wanted.rules().diverts().stream().anyMatch(divert -> divert.family() == family);
  }

  private static boolean usual(HostRequirements wanted, IpFamily family) {
    return wanted.listeners().isEmpty() && family == IpFamily.IPV4;
  }

  private static Finding finding(FirewallTool tool, KernelFeature feature, List<IpFamily> families)
      throws IOException {
    String names =
        families.stream()
            .map(family -> family == IpFamily.IPV4 ? "IPv4" : "IPv6")
            .collect(joining(" and "));
    return new Finding(
        feature.missing(),
        tool.command(),
        "This kernel does not take %s from %s, for %s."
            .formatted(feature.rule(tool, families.get(0)), tool.command(), names),
        feature.purpose(),
        KernelModules.cure(feature.modules(tool, families), feature.option(tool)));
  }
}
