package dev.pellucid.lab;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What can hold the rules: nft's tables, and either of the two things that iptables stands for. */
public enum FirewallBackEnd {
  NFT(FirewallTool.NFT, "nft"),
  IPTABLES_NFT(FirewallTool.IPTABLES, "nft"),
  IPTABLES_LEGACY(FirewallTool.IPTABLES, "legacy");

  private final FirewallTool tool;
  private final String variant;

  FirewallBackEnd(FirewallTool tool, String variant) {
    this.tool = tool;
    this.variant = variant;
  }

  /** The tool whose script fills it. */
  public FirewallTool tool() {
    return tool;
  }

  /** The variables with which a script's {@code iptables} is this one, without root too. */
  public Map<String, String> environment() throws IOException {
    Map<String, String> environment = new HashMap<>();
    // The legacy iptables locks a file in /run, which is not ours to write without root.
    if (!Files.isWritable(Path.of("/run"))) {
      environment.put(
          "XTABLES_LOCKFILE", System.getProperty("java.io.tmpdir") + "/pellucid-lab.lock");
    }
    String path = HostCommand.builder("true").environment().get("PATH");
    environment.put("PATH", commands() + File.pathSeparator + path);
    return environment;
  }

  // The two variants are told apart by the file behind a name; alternatives choose the host's.
  private Path commands() throws IOException {
    Path folder = Files.createTempDirectory("pellucid-" + variant);
    folder.toFile().deleteOnExit();
    for (String command : new String[] {"iptables", "ip6tables"}) {
      for (String suffix : new String[] {"", "-save", "-restore"}) {
        Path link = folder.resolve(command + suffix);
        Files.createSymbolicLink(link, Path.of("/usr/sbin", command + "-" + variant + suffix));
        link.toFile().deleteOnExit();
      }
    }
    return folder;
  }
}
