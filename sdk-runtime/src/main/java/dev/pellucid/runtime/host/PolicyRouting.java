package dev.pellucid.runtime.host;

import java.util.List;

/**
 * The routes that deliver marked packets to this host, whatever their destination.
 *
 * @param family the version of IP
 * @param names the mark and the route table
 */
record PolicyRouting(IpFamily family, RuleNames names) {

  // The kernel takes a second, equal rule without complaint; and both tools say what is there with
  // an error if there is no such table yet. Without a priority, the kernel puts a rule ahead of the
  // second one, which is not in front where that of local addresses has been moved, as for VRFs.
  List<String> adding() {
    return List.of(
        """
        # Route table %1$d delivers all %2$s to this host, whatever its destination.
        [ -n "$(%3$s route show type local table %1$d 2>/dev/null)" ] || {
          %3$s route add %4$s
          echo "%2$s route table %1$d: local default dev lo"
        }"""
            .formatted(names.routeTable(), family.label(), ip(), route()),
        """
        # Packets that the rules below mark with %1$s take that route; no others do. This comes ahead of all
        # other routing rules but that of local addresses: those of a VPN may be meant for any packet.
        own() { %2$s rule show %3$s | grep 'from all fwmark %1$s lookup' || :; }
        first=$(%2$s rule show | sed '/lookup local *$/d;q')
        case $(own | sed q) in
          "${first:-none}" | 0:*) ;;
          *)
            place=${first%%%%:*}
            %2$s rule add %3$s pref $((${place:-0} ? ${place:-0} - 1 : 0))
            echo "%4$s routing rule: %3$s"
            ;;
        esac
        # One is enough.
        own | sed '1d;s/:.*//' | while read -r priority; do
          %2$s rule del pref "$priority" %3$s
        done"""
            .formatted(names.markText(), ip(), rule(), family.label()));
  }

  // Errors of the looks count as "not there": without IPv6 there is nothing to remove either.
  List<String> removing() {
    return List.of(
        """
        # Takes the %3$s routing rule for marked packets away, if it is there: they take their usual way again.
        while %1$s rule show %2$s 2>/dev/null | grep -q 'from all fwmark %4$s lookup'; do
          %1$s rule del %2$s
          echo "%3$s routing rule removed: %2$s"
        done"""
            .formatted(ip(), rule(), family.label(), names.markText()),
        """
        # Takes the %4$s route away, if it is there.
        [ -z "$(%1$s route show type local table %2$d 2>/dev/null)" ] || {
          %1$s route del %3$s
          echo "%4$s route removed: %3$s"
        }"""
            .formatted(ip(), names.routeTable(), route(), family.label()));
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
