package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;

import dev.pellucid.api.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * One family's rules as iptables chains of their own, replaced in one transaction per table.
 *
 * @param family the version of IP
 * @param rules what they do
 * @param chains the chains
 */
record IptablesRules(IpFamily family, Rules rules, IptablesChains chains) {
  // What one multiport match takes; a range counts twice.
  private static final int MULTIPORT_LIMIT = 15;

  // What the host sends to itself, to many or to all stays untouched. For IPv6, the first match
  // takes local addresses for unicast ones.
  private static final String TO_OTHERS =
      "-m addrtype --dst-type UNICAST -m addrtype ! --dst-type LOCAL";

  IptablesRules(IpFamily family, Rules rules) {
    this(family, rules, new IptablesChains(rules.names()));
  }

  List<String> adding() {
    Map<IptablesChain, List<String>> filled = filled();
    List<String> commands = new ArrayList<>();
    if (!filled.isEmpty()) {
      commands.add(restoring(filled));
    }
    for (IptablesChain chain : chains.hooked()) {
      // What is empty now may have rules from an earlier time.
      commands.add(filled.containsKey(chain) ? chain.hooking(family) : chain.removing(family));
    }
    if (!filled.containsKey(chains.prerouting())) {
      commands.add(chains.divert().deleting(family));
    }
    return commands;
  }

  List<String> removing() {
    List<String> commands = new ArrayList<>();
    chains.hooked().forEach(chain -> commands.add(chain.removing(family)));
    commands.add(chains.divert().deleting(family));
    return commands;
  }

  // Listeners bound to any address do not count as owners; that is this match's default.
  private String owned() {
    return "-m socket --transparent -j " + chains.divert().name();
  }

  private Map<IptablesChain, List<String>> filled() {
    Map<IptablesChain, List<String>> filled = new LinkedHashMap<>();
    filled.put(chains.prerouting(), prerouting());
    filled.put(chains.output(), output());
    filled.put(chains.redirect(), redirect());
    filled.put(chains.redirectOutput(), redirectOutput());
    filled.values().removeIf(List::isEmpty);
    return filled;
  }

  private String restoring(Map<IptablesChain, List<String>> filled) {
    StringBuilder text = new StringBuilder(family.iptables + "-restore -w --noflush <<'END'\n");
    for (String table : List.of("mangle", "nat")) {
      Map<IptablesChain, List<String>> own = new LinkedHashMap<>(filled);
      own.keySet().removeIf(chain -> !chain.table().equals(table));
      if (!own.isEmpty()) {
        text.append(table(table, own));
      }
    }
    return text.append("END").toString();
  }

  private String table(String table, Map<IptablesChain, List<String>> filled) {
    List<String> lines = new ArrayList<>();
    lines.add("*" + table);
    // Naming a chain with --noflush creates or empties it.
    filled.keySet().forEach(chain -> lines.add(":%s - [0:0]".formatted(chain.name())));
    if (filled.containsKey(chains.prerouting())) {
      String divert = chains.divert().name();
      lines.add(":%s - [0:0]".formatted(divert));
      lines.add("-A %s -j MARK --set-mark %s".formatted(divert, mark()));
      lines.add("-A %s -j ACCEPT".formatted(divert));
    }
    filled.forEach(
        (chain, own) -> own.forEach(rule -> lines.add("-A " + chain.name() + " " + rule)));
    lines.add("COMMIT\n");
    return String.join("\n", lines);
  }

  // The order, and what is left out of the first rule, have the same reasons as in nft.
  private List<String> prerouting() {
    List<String> lines = new ArrayList<>();
    if (rules.diverts().contains(new Divert(family, Transport.TCP))) {
      lines.add("-p tcp ! --syn " + owned());
    }
    if (rules.diverts(family)) {
      lines.add("-p %s ".formatted(family.iptablesErrors) + owned());
    }
    rules.handedOver(family).forEach(intercept -> lines.addAll(handOver(intercept)));
    if (rules.diverts().contains(new Divert(family, Transport.UDP))) {
      lines.add("-p udp " + owned());
    }
    return lines;
  }

  private List<String> handOver(Intercept intercept) {
    List<String> arrivals = new ArrayList<>(interfaces(intercept.interfaces()));
    if (intercept.localOutput()) {
      // What the output chain has marked comes back on loopback.
      arrivals.add("-i lo -m mark --mark " + mark());
    }
    return switch (intercept.mode()) {
      case FOREIGN -> foreign(intercept, arrivals);
      default -> tproxy(intercept, arrivals);
    };
  }

  private List<String> foreign(Intercept intercept, List<String> arrivals) {
    List<String> rules = new ArrayList<>(rules(intercept, arrivals, owned()));
    switch (intercept.onProxyDown()) {
      case BLOCK -> rules.addAll(rules(intercept, arrivals, "-j DROP"));
      case RESET -> throw impossible(intercept, "block or bypass");
      case BYPASS -> {}
    }
    return rules;
  }

  // Its TPROXY drops what has no listener, and nothing in the mangle table could do otherwise.
  private List<String> tproxy(Intercept intercept, List<String> arrivals) {
    if (intercept.onProxyDown() != OnProxyDown.BLOCK) {
      throw impossible(intercept, "block");
    }
    InetSocketAddress listener = intercept.listener();
    String host =
        listener.getAddress().isAnyLocalAddress()
            ? ""
            : " --on-ip " + listener.getAddress().getHostAddress();
    return rules(
        intercept,
        arrivals,
        "-j TPROXY --on-port %d%s --tproxy-mark %s".formatted(listener.getPort(), host, mark()));
  }

  private static IllegalArgumentException impossible(Intercept intercept, String possible) {
    String wanted = intercept.onProxyDown().name().toLowerCase(Locale.ROOT);
    return new IllegalArgumentException(
        "listener %s: with iptables, on-proxy-down can only be %s; use nft for %s"
            .formatted(intercept.name(), possible, wanted));
  }

  private String mark() {
    return rules.names().markText();
  }

  private List<String> output() {
    return localOutput(rules.handedOver(family), intercept -> "-j MARK --set-mark " + mark());
  }

  private List<String> redirect() {
    List<String> lines = new ArrayList<>();
    for (Intercept intercept : rules.redirected(family)) {
      List<String> arrivals = interfaces(intercept.interfaces());
      lines.addAll(rules(intercept, arrivals, redirection(intercept)));
    }
    return lines;
  }

  private List<String> redirectOutput() {
    return localOutput(rules.redirected(family), IptablesRules::redirection);
  }

  private List<String> localOutput(List<Intercept> intercepts, Function<Intercept, String> target) {
    List<String> lines = new ArrayList<>();
    for (Intercept intercept : intercepts) {
      if (intercept.localOutput()) {
        lines.addAll(rules(intercept, List.of(TO_OTHERS), target.apply(intercept)));
      }
    }
    if (!lines.isEmpty()) {
      lines.add(0, "-m mark --mark %s -j RETURN".formatted(rules.names().proxyMarkText()));
    }
    return lines;
  }

  // A redirect goes to an address of the interface, which a listener at one address need not have.
  private static String redirection(Intercept intercept) {
    InetSocketAddress listener = intercept.listener();
    String host = listener.getAddress().getHostAddress();
    if (listener.getAddress().isAnyLocalAddress()) {
      return "-j REDIRECT --to-ports " + listener.getPort();
    }
    return "-j DNAT --to-destination "
        + (intercept.family() == IpFamily.IPV6 ? "[" + host + "]" : host)
        + ":"
        + listener.getPort();
  }

  // A rule of iptables takes one interface and one network of each kind: one rule for each choice.
  private static List<String> rules(Intercept intercept, List<String> arrivals, String target) {
    List<String> rules = List.of("-p " + intercept.protocol());
    rules = times(rules, arrivals);
    rules = times(rules, options("-s", intercept.sources()));
    rules = times(rules, options("-d", intercept.destinations()));
    rules = times(rules, ports(intercept.ports()));
    String comment = "-m comment --comment " + intercept.comment();
    return times(rules, List.of(comment + " " + target));
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

  private static List<String> times(List<String> rules, List<String> parts) {
    return rules.stream()
        .flatMap(rule -> parts.stream().map(part -> part.isEmpty() ? rule : rule + " " + part))
        .toList();
  }
}
