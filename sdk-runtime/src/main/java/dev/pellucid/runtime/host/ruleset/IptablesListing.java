package dev.pellucid.runtime.host.ruleset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what iptables-save writes. */
final class IptablesListing {
  private static final Map<String, Integer> PRIORITIES =
      Map.of("raw", -300, "mangle", -150, "nat", 0, "filter", 0, "security", 50);

  private final String program;
  private final String family;
  private final IptablesMatches matches;
  private final List<Table> tables = new ArrayList<>();

  private IptablesListing(String program, AddressType types) {
    this.program = program;
    this.family = program.startsWith("ip6") ? "ip6" : "ip";
    this.matches = new IptablesMatches(types);
  }

  /**
   * The tables of a listing.
   *
   * @param program the command that changes them, such as {@code ip6tables-legacy}
   */
  static List<Table> parse(String program, String listing, AddressType types) {
    IptablesListing reader = new IptablesListing(program, types);
    listing.lines().forEach(reader::line);
    return reader.tables;
  }

  private void line(String line) {
    if (line.startsWith("*")) {
      tables.add(new Table(family, line.substring(1), new LinkedHashMap<>()));
    } else if (!tables.isEmpty()) {
      Table table = tables.get(tables.size() - 1);
      if (line.startsWith(":")) {
        List<String> words = ShellWords.split(line.substring(1));
        Optional<Chain.Base> base = base(table.name(), words.get(0), words.get(1));
        table.chains().put(words.get(0), new Chain(base, new ArrayList<>()));
      } else if (line.startsWith("-A ")) {
        rule(table, line);
      }
    }
  }

  private Optional<Chain.Base> base(String table, String chain, String policy) {
    if (policy.equals("-")) {
      return Optional.empty();
    }
    Hook hook = Hook.valueOf(chain);
    int priority = PRIORITIES.getOrDefault(table, 0);
    Optional<RuleAt> dropping =
        policy.equals("DROP") ? Optional.of(policy(table, chain)) : Optional.empty();
    return Optional.of(new Chain.Base(hook, table.equals("nat"), priority, dropping));
  }

  private RuleAt policy(String table, String chain) {
    String cure = ShellWords.join(List.of(program, "-t", table, "-P", chain, "ACCEPT"));
    return new RuleAt(program, family, table, chain, "policy drop", cure);
  }

  private void rule(Table table, String line) {
    List<String> words = ShellWords.split(line);
    String chain = words.get(1);
    List<String> rule = words.subList(2, words.size());
    List<String> deletion = new ArrayList<>(List.of(program, "-t", table.name(), "-D", chain));
    deletion.addAll(rule);
    RuleAt at = new RuleAt(program, family, table.name(), chain, line, ShellWords.join(deletion));
    Optional.ofNullable(table.chains().get(chain))
        .ifPresent(found -> found.rules().add(new Chain.Rule(at, statements(rule), false)));
  }

  // Options belong to the match or target named before them.
  private List<Statement> statements(List<String> words) {
    List<Statement> statements = new ArrayList<>();
    String module = IptablesMatches.STANDARD;
    String target = "";
    List<IptablesOption> group = new ArrayList<>();
    for (IptablesOption option : IptablesOption.parse(words)) {
      switch (option.name()) {
        case "-m" -> {
          statements.addAll(matches.parse(module, group));
          module = option.value();
          group = new ArrayList<>();
        }
        case "-j" -> {
          statements.addAll(matches.parse(module, group));
          target = option.value();
          group = new ArrayList<>();
        }
        case "-g" -> {
          statements.addAll(matches.parse(module, group));
          statements.add(Statement.decide(Verdict.goTo(option.value())));
          return statements;
        }
        default -> group.add(option);
      }
    }
    if (!target.isEmpty()) {
      statements.addAll(IptablesTargets.parse(target, group));
    }
    return statements;
  }
}
