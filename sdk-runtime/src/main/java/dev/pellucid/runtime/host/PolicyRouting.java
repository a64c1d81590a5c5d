package dev.pellucid.runtime.host;

import java.util.List;

/** The routes that deliver marked packets to this host, whatever their destination. */
final class PolicyRouting {
  /** The mark that the firewall rules set. */
  static final int MARK = RuleNames.DEFAULT.mark();

  /** The mark of the proxy's own sockets, which they set themselves. */
  static final int OWN_MARK = RuleNames.DEFAULT.proxyMark();

  private static final int TABLE = RuleNames.DEFAULT.routeTable();
  private static final String RULE = "fwmark " + MARK + " table " + TABLE;
  private static final String ROUTE = "local default dev lo table " + TABLE;

  // A VPN client that sets src_valid_mark has the reverse path check follow the mark too. It then
  // finds the local route above and drops the packet as one with a source of our own.
  static final String ACCEPT_LOCAL =
      """
      if grep -qs 1 /proc/sys/net/ipv4/conf/*/src_valid_mark; then
        echo 1 >/proc/sys/net/ipv4/conf/all/accept_local
      fi""";

  private PolicyRouting() {}

  // `ip rule add` adds a second, equal rule without complaint: look first.
  static List<String> adding(IpFamily family) {
    String ip = "ip " + family.option;
    return List.of(
        "%s route replace %s".formatted(ip, ROUTE),
        "[ -n \"$(%s rule show %s)\" ] || %s rule add %s".formatted(ip, RULE, ip, RULE));
  }

  // Errors of the looks count as "not there": without IPv6 there is nothing to remove either.
  static List<String> removing(IpFamily family) {
    String ip = "ip " + family.option;
    return List.of(
        "[ -z \"$(%s rule show %s 2>/dev/null)\" ] || %s rule del %s".formatted(ip, RULE, ip, RULE),
        "[ -z \"$(%s route show type local table %d 2>/dev/null)\" ] || %s route del %s"
            .formatted(ip, TABLE, ip, ROUTE));
  }
}
