package dev.pellucid.sample.loadbalancer.demo;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import java.util.Optional;

/** What has to be installed for the demo. */
final class DemoRequirements {
  private DemoRequirements() {}

  /**
   * Checks everything.
   *
   * @param wanted the tool the user asked for, if any
   * @return the tool to use
   * @throws DemoException naming the package to install
   */
  static FirewallTool check(Optional<FirewallTool> wanted) throws DemoException {
    require("ip", "iproute2");
    require("unshare", "util-linux");
    require("setpriv", "util-linux");
    if (wanted.isPresent()) {
      require(wanted.get().command(), wanted.get() == FirewallTool.NFT ? "nftables" : "iptables");
    }
    return wanted
        .or(FirewallTool::detect)
        .orElseThrow(() -> missing("neither nft nor iptables", "nftables"));
  }

  private static void require(String command, String debianPackage) throws DemoException {
    if (!HostCommand.installed(command)) {
      throw missing("no `" + command + "`", debianPackage);
    }
  }

  private static DemoException missing(String what, String debianPackage) {
    return new DemoException(
        """
        pellucid: there is %s on this system. Install it, for example with
          sudo apt-get install %s"""
            .formatted(what, debianPackage));
  }
}
