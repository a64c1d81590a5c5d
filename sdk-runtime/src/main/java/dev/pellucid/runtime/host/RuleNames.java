package dev.pellucid.runtime.host;

import java.util.regex.Pattern;

/**
 * The names and numbers on the host that belong to the rules, and to no other program: whatever
 * else bears one of them, the rules would take for their own.
 *
 * @param table the nft table; in capitals, what the iptables chains' names begin with
 * @param mark the mark (fwmark) of packets that are delivered to the proxy's sockets
 * @param proxyMark the mark (SO_MARK) of the proxy's own sockets, whose packets are never
 *     intercepted when they leave this host. The proxy's listeners and upstream sockets need it
 *     where an intercept has {@linkplain Intercept#localOutput local output}: the proxy would
 *     intercept itself
 * @param routeTable the route table that delivers marked packets locally
 */
public record RuleNames(String table, int mark, int proxyMark, int routeTable) {

  // The longest chain name of iptables has 28 characters, of which "_REDIRECT_OUT" takes 13.
  private static final Pattern TABLE = Pattern.compile("[a-z][a-z0-9_]{0,14}");
  private static final int FIRST_RESERVED_TABLE = 253;
  private static final int LAST_RESERVED_TABLE = 255;

  /**
   * What they are unless a configuration says otherwise. Marks in the lowest byte are out of the
   * way of kube-proxy, Calico, Cilium and Tailscale; 1 and 100 are what most recipes for TPROXY
   * use.
   */
  public static final RuleNames DEFAULT = new RuleNames("pellucid", 0x71, 0x72, 71);

  /** Refuses what cannot be told apart with an {@link IllegalArgumentException}. */
  public RuleNames {
    if (!TABLE.matcher(table).matches()) {
      throw new IllegalArgumentException(
          "a table's name is a small letter and up to 14 small letters, digits or _, not \""
              + table
              + "\"");
    }
    if (mark == 0 || proxyMark == 0 || mark == proxyMark) {
      throw new IllegalArgumentException(
          "the two marks have to differ from each other and from 0, the mark of other packets");
    }
    if (routeTable < 1
        || (routeTable >= FIRST_RESERVED_TABLE && routeTable <= LAST_RESERVED_TABLE)) {
      throw new IllegalArgumentException(
          "route table "
              + routeTable
              + " is not free: 253 to 255 are the kernel's own, and they begin at 1");
    }
  }

  /** Whether applying with iptables makes a chain of that name. */
  public boolean hasChain(String name) {
    return new IptablesChains(this).all().anyMatch(chain -> chain.name().equals(name));
  }

  /** The mark as the rules write it. */
  String markText() {
    return "0x%x".formatted(mark);
  }

  /** The mark of the proxy's own sockets as the rules write it. */
  String proxyMarkText() {
    return "0x%x".formatted(proxyMark);
  }
}
