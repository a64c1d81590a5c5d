package dev.pellucid.runtime.host.ruleset;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** All rules of a network namespace. */
public final class Ruleset {
  private Ruleset() {}

  /**
   * Reads what nft, iptables-nft and iptables-legacy list, in the network namespace of the calling
   * thread. Blocks. Reading creates no table.
   *
   * @throws IOException if this user may not read them
   */
  public static Ruleset read() throws IOException, InterruptedException {
    return new Ruleset();
  }

  /**
   * What becomes of a packet at a hook.
   *
   * @param listening whether TPROXY finds its listener; without one, a rule of nft does not match
   *     and one of iptables drops
   */
  public Fate walk(Hook hook, Packet packet, boolean listening) {
    return new Fate(
        Optional.empty(), false, packet.mark(), Optional.empty(), Optional.empty(), List.of());
  }
}
