package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The rules as iptables chains of their own, replaced in one transaction per address family. */
final class IptablesRules {
  // What one multiport match takes; a range counts twice.
  private static final int MULTIPORT_LIMIT = 15;

  private IptablesRules() {}

  static List<String> adding(IpFamily family, List<Intercept> intercepts) {
    String mangle = family.iptables + " -w -t mangle";
    String jump = "PREROUTING -j PELLUCID";
    return List.of(
        "%s-restore -w --noflush <<'END'\n%sEND".formatted(family.iptables, table(intercepts)),
        "%s -C %s 2>/dev/null || %s -A %s".formatted(mangle, jump, mangle, jump));
  }

  static List<String> removing(IpFamily family) {
    return List.of(
        """
        if %1$s -C PREROUTING -j PELLUCID 2>/dev/null; then
          %1$s -D PREROUTING -j PELLUCID
        fi"""
            .formatted(family.iptables + " -w -t mangle"),
        """
        if %1$s -n -L PELLUCID >/dev/null 2>&1; then
          %1$s -F PELLUCID
          %1$s -X PELLUCID
          %1$s -F PELLUCID_DIVERT
          %1$s -X PELLUCID_DIVERT
        fi"""
            .formatted(family.iptables + " -w -t mangle"));
  }

  private static String table(List<Intercept> intercepts) {
    List<String> rules = new ArrayList<>();
    intercepts.forEach(intercept -> rules.addAll(rules(intercept)));
    // Naming a chain with --noflush creates or empties it. As in nft, pure SYNs are not diverted.
    return """
        *mangle
        :PELLUCID - [0:0]
        :PELLUCID_DIVERT - [0:0]
        -A PELLUCID_DIVERT -j MARK --set-mark %d
        -A PELLUCID_DIVERT -j ACCEPT
        -A PELLUCID -p tcp ! --syn -m socket --transparent -j PELLUCID_DIVERT
        %s
        COMMIT
        """
        .formatted(PolicyRouting.MARK, String.join("\n", rules));
  }

  // A rule of iptables takes one interface and one network of each kind: one rule for each choice.
  private static List<String> rules(Intercept intercept) {
    requireBlock(intercept);
    List<String> rules = List.of("-A PELLUCID -p tcp");
    rules = times(rules, interfaces(intercept.interfaces()));
    rules = times(rules, options("-s", intercept.sources()));
    rules = times(rules, options("-d", intercept.destinations()));
    rules = times(rules, ports(intercept.ports()));
    return times(rules, List.of(tproxy(intercept)));
  }

  // Its TPROXY drops what has no listener, and nothing in the mangle table could do otherwise.
  private static void requireBlock(Intercept intercept) {
    if (intercept.onProxyDown() != OnProxyDown.BLOCK) {
      throw new IllegalArgumentException(
          "listener %s: with iptables, on-proxy-down can only be block; use nft for %s"
              .formatted(
                  intercept.name(), intercept.onProxyDown().name().toLowerCase(Locale.ROOT)));
    }
  }

  private static List<String> interfaces(List<String> names) {
    return names.isEmpty() ? List.of("! -i lo") : options("-i", names);
  }

  private static List<String> options(String option, List<?> values) {
    return values.isEmpty()
        ? List.of("")
        : values.stream().map(value -> option + " " + value).toList();
  }

  private static List<String> ports(List<PortRange> ranges) {
    List<String> matches = new ArrayList<>();
    for (int from = 0; from < ranges.size(); from += MULTIPORT_LIMIT / 2) {
      int to = Math.min(from + MULTIPORT_LIMIT / 2, ranges.size());
      matches.add(
          ranges.subList(from, to).stream()
              .map(range -> range.text(":"))
              .collect(joining(",", "-m multiport --dports ", "")));
    }
    return matches;
  }

  private static String tproxy(Intercept intercept) {
    InetSocketAddress listener = intercept.listener();
    String host =
        listener.getAddress().isAnyLocalAddress()
            ? ""
            : " --on-ip " + listener.getAddress().getHostAddress();
    return "-m comment --comment %s -j TPROXY --on-port %d%s --tproxy-mark %d"
        .formatted(intercept.comment(), listener.getPort(), host, PolicyRouting.MARK);
  }

  private static List<String> times(List<String> rules, List<String> parts) {
    return rules.stream()
        .flatMap(rule -> parts.stream().map(part -> part.isEmpty() ? rule : rule + " " + part))
        .toList();
  }
}
