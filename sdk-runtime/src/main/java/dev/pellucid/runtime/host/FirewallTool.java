package dev.pellucid.runtime.host;

import java.util.Arrays;
import java.util.Optional;

/** The tools that can install the rules, the preferred one first. */
public enum FirewallTool {
  /** nftables: one table, replaced in one step. */
  NFT("nft"),
  /** iptables and ip6tables, in their nf_tables or their legacy form. */
  IPTABLES("iptables");

  private final String command;

  FirewallTool(String command) {
    this.command = command;
  }

  /** The command's name, which is also what {@code --tool} calls it. */
  public String command() {
    return command;
  }

  /**
   * The tool with this command.
   *
   * @throws IllegalArgumentException naming the tools there are, if it is none of them
   */
  public static FirewallTool of(String command) {
    return Arrays.stream(values())
        .filter(tool -> tool.command.equals(command))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("\"" + command + "\" is neither nft nor iptables"));
  }

  /** Whether the command is installed. */
  public boolean installed() {
    return HostCommand.installed(command);
  }

  /** The first tool that is installed, if any. */
  public static Optional<FirewallTool> detect() {
    return Arrays.stream(values()).filter(FirewallTool::installed).findFirst();
  }
}
