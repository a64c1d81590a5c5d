package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;

import dev.pellucid.api.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

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

  // What the host replies to others may go to one of the ports, too. Connection tracking knows it.
  private static final String OUTWARD = "-m conntrack --ctdir ORIGINAL";

  // What the host sends to itself, to many or to all stays untouched. For IPv6, the first match
  // takes local addresses for unicast ones.
  private static final String TO_OTHERS =
      "-m addrtype --dst-type UNICAST -m addrtype ! --dst-type LOCAL";

  IptablesRules(IpFamily family, Rules rules) {
    this(family, rules, new IptablesChains(rules.names()));
  }

  /** Makes the chains, or replaces those of an earlier time; none if this family has no rules. */
  List<String> adding() {
    Map<IptablesChain, List<String>> filled = filled();
    return filled.isEmpty() ? removing() : List.of(replacing(restoring(filled), filled));
  }

  /** What {@code iptables-restore} reads, if this family has rules. */
  Optional<String> input() {
    Map<IptablesChain, List<String>> filled = filled();
    return filled.isEmpty() ? Optional.empty() : Optional.of(restoring(filled));
  }

  List<String> removing() {
    String calls =
        Stream.concat(chains.hooked().stream(), Stream.of(chains.divert(), chains.applied()))
            .map(IptablesChain::removing)
            .collect(joining("\n"));
    return List.of(
        """
        # Takes the %s chains of these rules away, if there are any.
        %s
        %s"""
            .formatted(family.iptables, IptablesChain.remover(family), calls));
  }

  /** Notes what tables there are, before the first of our chains is made. */
  List<String> creating() {
    Map<IptablesChain, List<String>> filled = filled();
    return filled.isEmpty() ? List.of() : List.of(creating(tables(filled).contains("nat")));
  }

  // What is made along with the first chain has to be noted in the same transaction.
  private String creating(boolean nat) {
    return """
    # The nf_tables form of %1$s makes its tables when they are first used, and leaves them behind. That
    # they were not there is noted, so that removing the rules takes them away, with nft. Tables of the
    # legacy form cannot be taken away: what nft has under their names is others'.
    if %1$s -V | grep -q nf_tables && command -v nft >/dev/null; then
      nft list table %3$s mangle >/dev/null 2>&1 || %1$s-restore -w --noflush <<'END'
    *mangle
    :%2$s - [0:0]
    -A %2$s -m comment --comment created-mangle
    COMMIT
    END
    %4$sfi"""
        .formatted(family.iptables, chains.saved().name(), family.nft, nat ? creatingNat() : "");
  }

  private String creatingNat() {
    return """
      nft list table %3$s nat >/dev/null 2>&1 || %1$s-save 2>/dev/null | grep -q created-nat || {
        %1$s-save 2>/dev/null | grep -q '^:%2$s ' || %1$s -w -t mangle -N %2$s
        %1$s -w -t mangle -A %2$s -m comment --comment created-nat
      }
    """
        .formatted(family.iptables, chains.saved().name(), family.nft);
  }

  /** Restores the settings that were noted, and takes away the tables that were. */
  String restoring() {
    Notes notes = Notes.iptables(family, rules.names());
    String tables = Stream.of("nat", "mangle").map(this::deletingTable).collect(joining("\n"));
    return Sysctls.restoring(notes.withForgetAll(tables + "\n" + notes.forgetAll()));
  }

  // The table goes together with the note: killed in between, neither would be found again. What
  // others have in it, sets and base chains of their own names above all, only nft shows in full.
  private String deletingTable(String table) {
    return """
    # Takes the %2$s table away again if it was made for these rules and nothing else is in it.
    if %1$s-save 2>/dev/null | grep -q -- 'created-%2$s' && %1$s -V | grep -q nf_tables; then
      left=$(nft list table %4$s %2$s 2>/dev/null |
        sed -e '/^table /d' -e '/^[[:space:]]*chain %3$s {$/,/^[[:space:]]*}$/d' |
        grep -Ev '^[[:space:]]*(#.*|chain (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) [{]|type .*; policy accept;|}|)$' || :)
      if [ -z "$left" ] && nft list table %4$s %2$s >/dev/null 2>&1; then
        nft delete table %4$s %2$s
      fi
    fi"""
        .formatted(family.iptables, table, chains.saved().name(), family.nft);
  }

  private String replacing(String input, Map<IptablesChain, List<String>> filled) {
    String hooks =
        chains.hooked().stream()
            // What is empty now may have rules from an earlier time.
            .map(chain -> filled.containsKey(chain) ? chain.hooking(family) : chain.removing())
            .collect(joining("\n"));
    String divert = filled.containsKey(chains.prerouting()) ? "" : chains.divert().removing();
    String names =
        Stream.concat(chains.hooked().stream(), Stream.of(chains.divert()))
            .map(IptablesChain::name)
            .collect(joining("|"));
    return """
    # The rules, replaced in one transaction for each table; not touched if they are there already, as
    # they were applied. What was applied stands in the comment of a chain that nothing calls.
    listed() {
      %1$s-save 2>/dev/null | grep -E -e '^(:|-A )(%2$s) ' -e ' -j (%2$s)$' |
        cksum | tr ' ' -
    }
    if ! %1$s-save 2>/dev/null | grep -qF -- "applied-%3$s-$(listed)"; then
    %1$s-restore -w --noflush <<'END'
    %4$sEND
    # The built-in chains call ours; chains of ours that are not needed any more go.
    %7$s
    %5$s
    %1$s-restore -w --noflush <<END
    *mangle
    :%6$s - [0:0]
    -A %6$s -m comment --comment applied-%3$s-$(listed)
    COMMIT
    END
    echo "%1$s chains %8$s*: replaced"
    fi"""
        .formatted(
            family.iptables,
            names,
            Fingerprint.of(input),
            input,
            (hooks + "\n" + divert).strip(),
            chains.applied().name(),
            IptablesChain.remover(family),
            chains.prerouting().name());
  }

  private static List<String> tables(Map<IptablesChain, List<String>> filled) {
    return filled.keySet().stream().map(IptablesChain::table).distinct().toList();
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
    return tables(filled).stream().map(table -> table(table, filled)).collect(joining());
  }

  private String table(String table, Map<IptablesChain, List<String>> filled) {
    List<IptablesChain> own =
        filled.keySet().stream().filter(chain -> chain.table().equals(table)).toList();
    List<String> lines = new ArrayList<>();
    lines.add("*" + table);
    // Naming a chain with --noflush creates or empties it.
    own.forEach(chain -> lines.add(":%s - [0:0]".formatted(chain.name())));
    if (own.contains(chains.prerouting())) {
      String divert = chains.divert().name();
      lines.add(":%s - [0:0]".formatted(divert));
      lines.add("# What a socket owns is marked, for the route, and is done.");
      lines.add("-A %s -j MARK --set-mark %s".formatted(divert, mark()));
      lines.add("-A %s -j ACCEPT".formatted(divert));
    }
    for (IptablesChain chain : own) {
      for (String rule : filled.getOrDefault(chain, List.of())) {
        lines.add(Explanation.is(rule) ? rule : "-A " + chain.name() + " " + rule);
      }
    }
    lines.add("COMMIT\n");
    return String.join("\n", lines);
  }

  // The order, and what is left out of the first rule, have the same reasons as in nft.
  private List<String> prerouting() {
    List<String> lines = new ArrayList<>();
    if (rules.diverts().contains(new Divert(family, Transport.TCP))) {
      lines.add(Explanation.TCP_DIVERT);
      lines.add("-p tcp ! --syn " + owned());
    }
    if (rules.diverts(family)) {
      lines.add(Explanation.ERRORS);
      lines.add("-p %s ".formatted(family.iptablesErrors) + owned());
    }
    rules.handedOver(family).forEach(intercept -> lines.addAll(handOver(intercept)));
    if (rules.diverts().contains(new Divert(family, Transport.UDP))) {
      lines.add(Explanation.UDP_DIVERT);
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
    List<String> lines = new ArrayList<>(List.of(Explanation.handOver(intercept)));
    lines.addAll(
        intercept.mode() == InterceptMode.FOREIGN
            ? foreign(intercept, arrivals)
            : tproxy(intercept, arrivals));
    return lines;
  }

  private List<String> foreign(Intercept intercept, List<String> arrivals) {
    List<String> lines = new ArrayList<>(rules(intercept, arrivals, owned()));
    String target =
        switch (intercept.onProxyDown()) {
          case BLOCK -> "-j DROP";
          case RESET -> throw impossible(intercept, "block or bypass");
          case BYPASS -> "-j RETURN";
        };
    lines.add(Explanation.down(intercept));
    lines.addAll(rules(intercept, arrivals, target));
    return lines;
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

  private static ImpossibleRuleException impossible(Intercept intercept, String possible) {
    String wanted = intercept.onProxyDown().name().toLowerCase(Locale.ROOT);
    return new ImpossibleRuleException(
        "listener %s: with iptables, on-proxy-down can only be %s; use nft for %s"
            .formatted(intercept.name(), possible, wanted));
  }

  private String mark() {
    return rules.names().markText();
  }

  private List<String> output() {
    return localOutput(
        rules.handedOver(family), intercept -> OUTWARD + " -j MARK --set-mark " + mark());
  }

  private List<String> redirect() {
    List<String> lines = new ArrayList<>();
    for (Intercept intercept : rules.redirected(family)) {
      List<String> arrivals = interfaces(intercept.interfaces());
      lines.add(Explanation.redirect(intercept));
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
        lines.add(Explanation.localOutput(intercept));
        lines.addAll(rules(intercept, List.of(TO_OTHERS), target.apply(intercept)));
      }
    }
    if (!lines.isEmpty()) {
      lines.add(0, Explanation.NOT_OWN);
      lines.add(1, "-m mark --mark %s -j RETURN".formatted(rules.names().proxyMarkText()));
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
