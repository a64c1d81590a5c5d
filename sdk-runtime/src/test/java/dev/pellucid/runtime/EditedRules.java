package dev.pellucid.runtime;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.runtime.host.FirewallTool;

/** Shell scripts that change the proxy's rules, whatever holds them. */
final class EditedRules {
  private EditedRules() {}

  /** Runs the listing of the proxy's rules through sed, and loads what comes out. */
  static String edit(FirewallBackEnd backEnd, String nft, String iptables) {
    return backEnd.tool() == FirewallTool.NFT
        ? """
          edited=$(nft list table inet pellucid | sed '%s')
          nft -f - <<END
          delete table inet pellucid
          $edited
          END"""
            .formatted(nft)
        : """
          edited=$(iptables-save -t mangle | sed '%s')
          echo "$edited" | iptables-restore"""
            .formatted(iptables);
  }

  /** One script or the other. */
  static String either(FirewallBackEnd backEnd, String nft, String iptables) {
    return backEnd.tool() == FirewallTool.NFT ? nft : iptables;
  }

  /** A chain of somebody else's, in nft. */
  static String chain(String hook, String rules) {
    return """
    nft -f - <<'END'
    table ip stranger {
      chain %s {
        %s
      }
    }
    END"""
        .formatted(hook.split(" ", -1)[0], rules);
  }
}
