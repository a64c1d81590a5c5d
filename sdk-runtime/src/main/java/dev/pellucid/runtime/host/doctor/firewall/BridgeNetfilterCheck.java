package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interface;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * With bridge-nf-call-iptables = 1, packets that come in by a bridge pass through the rules while
 * they are still on the bridge. The socket that TPROXY gives them is lost on their way up to IP,
 * the mark is not: they are delivered here to a port where nothing listens. Other intercepts, and
 * replies, find their socket without that and are unharmed; so are interfaces that are no bridge.
 */
public final class BridgeNetfilterCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (host.sysctls().number(name(family)).orElse(0) != 0) {
        findings.addAll(examine(host, wanted, family));
      }
    }
    return findings;
  }

  private static String name(IpFamily family) {
    return "net.bridge.bridge-nf-call-" + (family == IpFamily.IPV4 ? "iptables" : "ip6tables");
  }

  private static List<Finding> examine(Host host, HostRequirements wanted, IpFamily family)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    List<Interface> inUse = bridgesInUse(host.interfaces().list());
    for (Intercept intercept : wanted.handedOver(family)) {
      List<String> bridges =
          inUse.stream().map(Interface::name).filter(name -> from(intercept, name)).toList();
      if (intercept.mode() == InterceptMode.TPROXY && !bridges.isEmpty() && findings.isEmpty()) {
        findings.add(finding(intercept, name(family), String.join(", ", bridges)));
      }
    }
    return findings;
  }

  // Docker leaves its bridge in place, without a port, when no container runs.
  private static List<Interface> bridgesInUse(List<Interface> links) {
    return links.stream()
        .filter(each -> each.isBridge() && each.up())
        .filter(
            bridge ->
                links.stream()
                    .anyMatch(port -> port.master().filter(bridge.name()::equals).isPresent()))
        .toList();
  }

  // Where no interface is named, all are meant, other programs' bridges too.
  private static boolean from(Intercept intercept, String bridge) {
    return intercept.interfaces().isEmpty() || intercept.interfaces().contains(bridge);
  }

  private static Finding finding(Intercept intercept, String sysctl, String bridges) {
    return new Finding(
        FindingType.BRIDGE_NETFILTER,
        sysctl,
        "%s is 1, and listener %s intercepts what comes in by a bridge (%s)."
            .formatted(sysctl, intercept.name(), bridges),
        "What comes in by the bridge passes through the firewall too early, and does not reach the"
            + " proxy: its connections fail.",
        "sysctl -w %s=0 # Docker and Kubernetes may need 1: then name interfaces other than %s in pellucid.listeners.%s.intercept.interfaces"
            .formatted(sysctl, bridges, intercept.name()));
  }
}
