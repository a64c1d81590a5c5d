package dev.pellucid.runtime.host.doctor.kernel;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.linux.NetworkNamespace;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Has the kernel take a rule, of which nothing is left. */
interface KernelTrial {

  /**
   * Whether the kernel takes a rule with a feature.
   *
   * @throws IOException if it does not take one without it either
   */
  boolean takes(IpFamily family, KernelFeature feature) throws IOException, InterruptedException;

  /** The trial for a tool. */
  static KernelTrial with(FirewallTool tool) {
    return switch (tool) {
      case NFT -> KernelTrial::nft;
      case IPTABLES -> KernelTrial::iptables;
    };
  }

  /** The tool that has applied rules with these names, or else the one that would. */
  static Optional<FirewallTool> toolInUse(RuleNames names)
      throws IOException, InterruptedException {
    if (FirewallTool.IPTABLES.installed()
        && HostCommand.run("iptables-save")
            .lines()
            .filter(line -> line.startsWith(":"))
            .anyMatch(line -> names.hasChain(line.substring(1).split(" ", 2)[0]))) {
      return Optional.of(FirewallTool.IPTABLES);
    }
    return FirewallTool.detect();
  }

  // With -c, the kernel looks at the whole transaction, and is never asked to commit it.
  private static boolean nft(IpFamily family, KernelFeature feature)
      throws IOException, InterruptedException {
    String table =
        "table inet pellucid_scratch { chain scratch { type filter hook prerouting priority mangle; meta nfproto %s meta l4proto tcp %s accept; }; }";
    String version = family == IpFamily.IPV4 ? "ipv4" : "ipv6";
    HostCommand.run("nft", "-c", table.formatted(version, ""));
    return succeeds("nft", "-c", table.formatted(version, feature.rule(FirewallTool.NFT, family)));
  }

  // iptables has no such thing: the rule goes to a namespace that ends with its thread.
  private static boolean iptables(IpFamily family, KernelFeature feature)
      throws IOException, InterruptedException {
    String iptables = family == IpFamily.IPV4 ? "iptables" : "ip6tables";
    String rule =
        iptables + " -t mangle -A PREROUTING -p tcp " + feature.rule(FirewallTool.IPTABLES, family);
    return inNamespace(
        () -> {
          HostCommand.run(iptables, "-t", "mangle", "-A", "PREROUTING", "-p", "tcp");
          return succeeds(rule.split(" ", -1));
        });
  }

  private static boolean succeeds(String... command) throws IOException, InterruptedException {
    try {
      HostCommand.run(command);
      return true;
    } catch (HostCommandException e) {
      return false;
    }
  }

  private static boolean inNamespace(Callable<Boolean> trial)
      throws IOException, InterruptedException {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              NetworkNamespace.unshare();
              return trial.call();
            });
    Thread thread = new Thread(task, "kernel-trial");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IOException("no rule can be tried: " + e.getMessage(), e);
    } finally {
      task.cancel(true);
    }
  }
}
