package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;

import dev.pellucid.api.Transport;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules as an nft table of their own, replaced in one transaction.
 *
 * @param rules what they do
 */
record NftRules(Rules rules) {
  private static final String TO_OWNER = "jump divert";

  // What the host replies to others may go to one of the ports, too. Connection tracking knows it.
  private static final String OUTWARD = "ct direction original ";

  // What the host sends to itself, to many or to all stays untouched.
  private static final String TO_OTHERS = "fib daddr type unicast ";

  /** Makes the table, or replaces that of an earlier time. */
  String adding() {
    String input = input();
    return """
    # The rules, replaced in one transaction; not touched if they are there already, as they were
    # applied. What was applied stands in the comment of a chain that no packet passes.
    listed() {
      nft list table inet %1$s 2>/dev/null | grep -v ' comment "applied-' | cksum | tr ' ' -
    }
    if ! nft list table inet %1$s 2>/dev/null | grep -qF "applied-%2$s-$(listed)"; then
    nft -f - <<'END'
    %3$sEND
    nft add rule inet %1$s applied return comment "\\"applied-%2$s-$(listed)\\""
    echo "nft table inet %1$s: replaced"
    fi"""
        .formatted(rules.names().table(), Fingerprint.of(input), input);
  }

  /** What {@code nft -f} reads. */
  String input() {
    return deleting()
        + "table inet %s {\n".formatted(rules.names().table())
        + (rules.diverts().isEmpty() ? "" : chain("divert", divert()))
        + chain("prerouting", "filter hook prerouting priority mangle", prerouting())
        + chain("output", "route hook output priority mangle", output())
        + chain("nat_prerouting", "nat hook prerouting priority dstnat", redirect())
        + chain("nat_output", "nat hook output priority -100", redirectOutput())
        + defragmentation()
        + "  # Called from nowhere: its comment tells what was applied.\n"
        + "  chain applied {\n  }\n"
        + "}\n";
  }

  String removing() {
    return """
    # Takes the nft table away, and all rules with it.
    if nft list table inet %1$s >/dev/null 2>&1; then
      nft delete table inet %1$s
      echo "nft table removed: inet %1$s"
    fi"""
        .formatted(rules.names().table());
  }

  private String deleting() {
    return """
    # The table of an earlier time goes. Adding it first makes that succeed where there is none.
    add table inet %1$s
    delete table inet %1$s
    """
        .formatted(rules.names().table());
  }

  // A socket bound to any address is a listener: whatever has its port by chance is not its own.
  // Sockets in TIME_WAIT, and those that wait for their handshake's end, are neither the one nor
  // the other: `wildcard 0` would not match them.
  private List<String> divert() {
    return List.of(
        "# Listeners at any address own none of these packets; the rules below are for them.",
        "socket wildcard 1 return",
        "# What a transparent socket owns is marked, for the route, and is done.",
        "socket transparent 1 " + take());
  }

  // Only the first fragment of a datagram has its ports. TPROXY rules, and iptables' socket match,
  // have the kernel put fragments together before any rule sees them; nft's socket does not.
  private String defragmentation() {
    List<String> lines = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (rules.needsDefragmentation(family)) {
        lines.add(
            "meta nfproto %s meta l4proto udp tproxy %s to :1"
                .formatted(family.nfproto, family.nft));
      }
    }
    return lines.isEmpty()
        ? ""
        : "  # Called from nowhere: that there is a tproxy rule has the kernel put fragments together, of\n"
            + "  # which only the first would be found to be a socket's.\n"
            + chain("defragmentation", lines);
  }

  private String take() {
    return "meta mark set %s accept".formatted(rules.names().markText());
  }

  private static String chain(String name, String type, List<String> rules) {
    List<String> lines = new ArrayList<>(List.of("type " + type + "; policy accept;"));
    lines.addAll(rules);
    return rules.isEmpty() ? "" : chain(name, lines);
  }

  private static String chain(String name, List<String> lines) {
    return """
      chain %s {
    %s
      }
    """
        .formatted(name, lines.stream().map(line -> "    " + line).collect(joining("\n")));
  }

  // TCP: what sockets own goes first to them. UDP: a client's next datagram belongs to the
  // listener, although a socket that replies in the name of its destination seems to own it.
  private List<String> prerouting() {
    List<String> lines = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      if (rules.diverts().contains(new Divert(family, Transport.TCP))) {
        lines.add(Explanation.TCP_DIVERT);
        lines.add(tcpDivert(family));
      }
      if (rules.diverts(family)) {
        lines.add(Explanation.ERRORS);
        lines.add(divert(family, "meta l4proto %s ".formatted(family.nftErrors)));
      }
    }
    for (Intercept intercept : rules.intercepts()) {
      if (intercept.mode() != InterceptMode.REDIRECT) {
        lines.addAll(handOver(intercept));
      }
    }
    for (IpFamily family : IpFamily.values()) {
      if (rules.diverts().contains(new Divert(family, Transport.UDP))) {
        lines.add(Explanation.UDP_DIVERT);
        lines.add(divert(family, "meta l4proto udp "));
      }
    }
    return lines;
  }

  // Pure SYNs are left to the listener: a socket in TIME_WAIT would swallow them.
  private static String tcpDivert(IpFamily family) {
    return divert(family, "meta l4proto tcp tcp flags & (fin | syn | rst | ack) != syn ");
  }

  private static String divert(IpFamily family, String match) {
    return "meta nfproto %s ".formatted(family.nfproto) + match + TO_OWNER;
  }

  private List<String> handOver(Intercept intercept) {
    List<String> lines = new ArrayList<>();
    for (String arrival : arrivals(intercept)) {
      String match = match(intercept, arrival);
      lines.add(Explanation.handOver(intercept));
      lines.add(match + toListener(intercept) + comment(intercept));
      // Without a listener, neither tproxy nor a divert takes the packet: the next rule decides.
      lines.add(Explanation.down(intercept));
      switch (intercept.onProxyDown()) {
        case BLOCK -> lines.add(match + "drop" + comment(intercept));
        case RESET -> lines.add(match + rejection(intercept.transport()) + comment(intercept));
        case BYPASS -> lines.add(match + "accept" + comment(intercept));
      }
    }
    return lines;
  }

  // tproxy is no verdict: without the accept, the packet would go on to the next rule.
  private String toListener(Intercept intercept) {
    return intercept.mode() == InterceptMode.FOREIGN
        ? TO_OWNER
        : "tproxy %s to %s ".formatted(intercept.family().nft, listener(intercept)) + take();
  }

  private static String rejection(Transport transport) {
    return switch (transport) {
      case TCP -> "reject with tcp reset";
      case UDP -> "reject";
    };
  }

  private List<String> output() {
    List<String> lines = new ArrayList<>();
    for (Intercept intercept : rules.intercepts()) {
      if (intercept.localOutput() && intercept.mode() != InterceptMode.REDIRECT) {
        String mark = "meta mark set " + rules.names().markText();
        lines.add(Explanation.localOutput(intercept));
        lines.add(match(intercept, "") + OUTWARD + TO_OTHERS + mark + comment(intercept));
      }
    }
    return exceptOwn(lines);
  }

  private List<String> redirect() {
    List<String> lines = new ArrayList<>();
    for (Intercept intercept : rules.intercepts()) {
      if (intercept.mode() == InterceptMode.REDIRECT) {
        String match = match(intercept, interfaces(intercept.interfaces()));
        lines.add(Explanation.redirect(intercept));
        lines.add(match + redirection(intercept) + comment(intercept));
      }
    }
    return lines;
  }

  private List<String> redirectOutput() {
    List<String> lines = new ArrayList<>();
    for (Intercept intercept : rules.intercepts()) {
      if (intercept.localOutput() && intercept.mode() == InterceptMode.REDIRECT) {
        String match = match(intercept, "");
        lines.add(Explanation.localOutput(intercept));
        lines.add(match + TO_OTHERS + redirection(intercept) + comment(intercept));
      }
    }
    return exceptOwn(lines);
  }

  private List<String> exceptOwn(List<String> lines) {
    if (!lines.isEmpty()) {
      lines.add(0, Explanation.NOT_OWN);
      lines.add(1, "meta mark %s accept".formatted(rules.names().proxyMarkText()));
    }
    return lines;
  }

  // A redirect goes to an address of the interface, which a listener at one address need not have.
  private static String redirection(Intercept intercept) {
    return intercept.listener().getAddress().isAnyLocalAddress()
        ? "redirect to " + listener(intercept)
        : "dnat %s to %s".formatted(intercept.family().nft, listener(intercept));
  }

  private List<String> arrivals(Intercept intercept) {
    String forwarded = interfaces(intercept.interfaces());
    // What the output chain has marked comes back on loopback.
    String looped = "iifname \"lo\" meta mark %s ".formatted(rules.names().markText());
    return intercept.localOutput() ? List.of(forwarded, looped) : List.of(forwarded);
  }

  private static String match(Intercept intercept, String arrival) {
    String header = intercept.family().nft;
    String protocol = intercept.protocol();
    return "meta nfproto %s meta l4proto %s ".formatted(intercept.family().nfproto, protocol)
        + arrival
        + set(header + " saddr", intercept.sources())
        + set(header + " daddr", intercept.destinations())
        + set(protocol + " dport", intercept.ports());
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
}
