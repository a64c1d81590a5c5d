package dev.pellucid.runtime.host;

import java.util.List;

/**
 * The routes that deliver marked packets to this host, whatever their destination.
 *
 * @param family the version of IP
 * @param names the mark and the route table
 */
record PolicyRouting(IpFamily family, RuleNames names) {

  // A VPN client that sets src_valid_mark has the reverse path check follow the mark too. It then
  // finds the local route above and drops the packet as one with a source of our own.
  static final String ACCEPT_LOCAL =
      """
      if grep -qs 1 /proc/sys/net/ipv4/conf/*/src_valid_mark; then
        echo 1 >/proc/sys/net/ipv4/conf/all/accept_local
      fi""";

  // `ip rule add` adds a second, equal rule without complaint: look first.
  List<String> adding() {
    return List.of(
        "%s route replace %s".formatted(ip(), route()),
        "[ -n \"$(%s rule show %s)\" ] || %s rule add %s".formatted(ip(), rule(), ip(), rule()));
  }

  // Errors of the looks count as "not there": without IPv6 there is nothing to remove either.
  List<String> removing() {
    return List.of(
        "[ -z \"$(%s rule show %s 2>/dev/null)\" ] || %s rule del %s"
            .formatted(ip(), rule(), ip(), rule()),
        "[ -z \"$(%s route show type local table %d 2>/dev/null)\" ] || %s route del %s"
            .formatted(ip(), names.routeTable(), ip(), route()));
  }

  private String ip() {
    return "ip " + family.option;
  }

  private String rule() {
    return "fwmark %s table %d".formatted(names.markText(), names.routeTable());
  }

  private String route() {
    return "local default dev lo table " + names.routeTable();
  }
}
