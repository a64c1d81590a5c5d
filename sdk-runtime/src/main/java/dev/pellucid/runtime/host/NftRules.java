package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;

/** The rules as an nft table of their own, replaced in one transaction. */
final class NftRules {
  // Adding first makes deleting succeed where there is no table yet.
  private static final String DELETE =
      """
      add table inet pellucid
      delete table inet pellucid
      """;

  // The upstreams' replies, and all but the first packet of clients, go to the sockets that own
  // them. Pure SYNs are left to the listener: a socket in TIME_WAIT would swallow them.
  private static final String DIVERT =
      "meta l4proto tcp tcp flags & (fin | syn | rst | ack) != syn socket transparent 1"
          + " meta mark set %d accept".formatted(PolicyRouting.MARK);

  private NftRules() {}

  static String adding(List<Intercept> intercepts) {
    List<String> rules = new ArrayList<>();
    rules.add(DIVERT);
    intercepts.forEach(intercept -> rules.addAll(rules(intercept)));
    return command(DELETE + table(rules));
  }

  static String removing() {
    return command(DELETE);
  }

  private static String table(List<String> rules) {
    return """
        table inet pellucid {
          chain prerouting {
            type filter hook prerouting priority mangle; policy accept;
        %s
          }
        }
        """
        .formatted(rules.stream().map(rule -> "    " + rule).collect(joining("\n")));
  }

  private static List<String> rules(Intercept intercept) {
    List<String> rules = new ArrayList<>();
    rules.add(match(intercept) + tproxy(intercept));
    // Without a listener, nft's tproxy lets the packet go on to the next rule.
    switch (intercept.onProxyDown()) {
      case BLOCK -> rules.add(match(intercept) + "drop" + comment(intercept));
      case RESET -> rules.add(match(intercept) + "reject with tcp reset" + comment(intercept));
      case BYPASS -> {}
    }
    return rules;
  }

  private static String match(Intercept intercept) {
    String header = intercept.family().nft;
    return "meta nfproto %s meta l4proto tcp ".formatted(intercept.family().nfproto)
        + interfaces(intercept.interfaces())
        + set(header + " saddr", intercept.sources())
        + set(header + " daddr", intercept.destinations())
        + set("tcp dport", intercept.ports());
  }

  private static String interfaces(List<String> names) {
    return names.isEmpty()
        ? "iifname != \"lo\" "
        : set("iifname", names.stream().map(name -> '"' + name + '"').toList());
  }

  private static String set(String key, List<?> elements) {
    return elements.isEmpty()
        ? ""
        : key + elements.stream().map(Object::toString).collect(joining(", ", " { ", " } "));
  }

  // tproxy is no verdict: without the accept, the packet would go on to the next rule.
  private static String tproxy(Intercept intercept) {
    return "tproxy %s to %s meta mark set %d accept%s"
        .formatted(
            intercept.family().nft, listener(intercept), PolicyRouting.MARK, comment(intercept));
  }

  private static String listener(Intercept intercept) {
    String port = ":" + intercept.listener().getPort();
    String host = intercept.listener().getAddress().getHostAddress();
    if (intercept.listener().getAddress().isAnyLocalAddress()) {
      return port;
    }
    return (intercept.family() == IpFamily.IPV6 ? "[" + host + "]" : host) + port;
  }

  private static String comment(Intercept intercept) {
    return " comment \"%s\"".formatted(intercept.comment());
  }

  private static String command(String script) {
    return "nft -f - <<'END'\n" + script + "END";
  }
}
