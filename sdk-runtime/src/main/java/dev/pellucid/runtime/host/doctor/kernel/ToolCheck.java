package dev.pellucid.runtime.host.doctor.kernel;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.IpTool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether there are the tools that apply the rules. */
public final class ToolCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    if (!wanted.needsRules()) {
      return findings;
    }
    if (FirewallTool.detect().isEmpty()) {
      findings.add(missing("nft", "Neither nft nor iptables is installed.", Packages.nft()));
    }
    if (!HostCommand.installed("ip")) {
      findings.add(missing("ip", "The command ip, of iproute2, is not installed.", Packages.ip()));
    } else if (!IpTool.usable()) {
      findings.add(
          missing(
              "ip",
              "The command ip is not that of iproute2 5.2 or newer: it prints no JSON.",
              Packages.ip()));
    }
    return findings;
  }

  private static Finding missing(String tool, String what, String cure) {
    return new Finding(
        FindingType.NO_TOOL,
        tool,
        what,
        "Without it, the rules that hand traffic to the proxy can neither be applied nor examined.",
        cure);
  }
}
