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

  // What the host sends to itself, to many or to all stays untouched.
  private static final String TO_OTHERS = "fib daddr type unicast ";

  String adding() {
    return command(
        deleting()
            + "table inet %s {\n".formatted(rules.names().table())
            + (rules.diverts().isEmpty() ? "" : chain("divert", divert()))
            + chain("prerouting", "filter hook prerouting priority mangle", prerouting())
            + chain("output", "route hook output priority mangle", output())
            + chain("nat_prerouting", "nat hook prerouting priority dstnat", redirect())
            + chain("nat_output", "nat hook output priority -100", redirectOutput())
            + "}\n");
  }

  String removing() {
    return command(deleting());
  }

  // Adding first makes deleting succeed where there is no table yet.
  private String deleting() {
    return "add table inet %1$s\ndelete table inet %1$s\n".formatted(rules.names().table());
  }

  // A socket bound to any address is a listener: whatever has its port by chance is not its own.
  // Sockets in TIME_WAIT, and those that wait for their handshake's end, are neither the one nor
  // the other: `wildcard 0` would not match them.
  private List<String> divert() {
    return List.of("socket wildcard 1 return", "socket transparent 1 " + take());
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
        lines.add(tcpDivert(family));
      }
      if (rules.diverts(family)) {
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
      lines.add(match + toListener(intercept) + comment(intercept));
      // Without a listener, neither tproxy nor a divert takes the packet: the next rule decides.
      switch (intercept.onProxyDown()) {
        case BLOCK -> lines.add(match + "drop" + comment(intercept));
        case RESET -> lines.add(match + rejection(intercept.transport()) + comment(intercept));
        case BYPASS -> {}
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
        lines.add(match(intercept, "") + TO_OTHERS + mark + comment(intercept));
      }
    }
    return exceptOwn(lines);
  }

  private List<String> redirect() {
    List<String> lines = new ArrayList<>();
    for (Intercept intercept : rules.intercepts()) {
      if (intercept.mode() == InterceptMode.REDIRECT) {
        String match = match(intercept, interfaces(intercept.interfaces()));
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
        lines.add(match + TO_OTHERS + redirection(intercept) + comment(intercept));
      }
    }
    return exceptOwn(lines);
  }

  private List<String> exceptOwn(List<String> lines) {
    if (!lines.isEmpty()) {
      lines.add(0, "meta mark %s accept".formatted(rules.names().proxyMarkText()));
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

  private static String command(String script) {
    return "nft -f - <<'END'\n" + script + "END";
  }
}
