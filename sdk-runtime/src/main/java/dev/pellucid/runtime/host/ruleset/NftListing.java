package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads what {@code nft -j list ruleset} writes, object by object: there may be much of it. What a
 * rule names comes before the rule.
 */
final class NftListing {
  private static final Set<String> FAMILIES = Set.of("ip", "ip6", "inet");
  private static final Set<String> HOOKS =
      Set.of("prerouting", "input", "forward", "output", "postrouting");

  // Of all sets and maps.
  private static final int MAX_ELEMENTS = 50_000;

  // In what a rule's JSON is parsed to.
  private static final Pattern LOOKUP = Pattern.compile("\\b(set|map|vmap)=|=@");

  private final NftRuleTexts texts;
  private final AddressType types;
  private final Map<List<String>, Table> tables = new LinkedHashMap<>();
  private final List<Table> dormant = new ArrayList<>();
  private final Map<List<String>, Map<String, Json>> sets = new HashMap<>();
  private final Map<List<String>, Set<String>> exceeded = new HashMap<>();
  private final Map<List<String>, NftStatements> statements = new HashMap<>();
  private int elements;

  private NftListing(NftRuleTexts texts, AddressType types) {
    this.texts = texts;
    this.types = types;
  }

  /**
   * The tables of a listing.
   *
   * @param json as {@code nft -j list ruleset} writes it
   * @param texts the same in nft's own words
   */
  static List<Table> read(InputStream json, NftRuleTexts texts, AddressType types)
      throws IOException {
    NftListing reader = new NftListing(texts, types);
    Json.elements(json, reader::add);
    // The kernel calls none of their chains.
    reader.dormant.forEach(table -> table.chains().clear());
    return List.copyOf(reader.tables.values());
  }

  private void add(Json object) {
    if (!FAMILIES.contains(object.content().text("family"))) {
      return;
    }
    if (object.kind().equals("rule")) {
      Json rule = object.content();
      add(rule, statements.computeIfAbsent(table(rule), this::statements));
    } else {
      declare(object);
    }
  }

  private NftStatements statements(List<String> table) {
    return new NftStatements(
        new NftExpressions(types, sets.getOrDefault(table, Map.of())),
        exceeded.getOrDefault(table, Set.of()));
  }

  private static List<String> table(Json object) {
    return List.of(object.text("family"), object.text("table"));
  }

  private void declare(Json object) {
    Json content = object.content();
    switch (object.kind()) {
      case "table" -> {
        Table table =
            new Table(content.text("family"), content.text("name"), new LinkedHashMap<>());
        tables.put(List.of(table.family(), table.name()), table);
        List<Json> flags = content.items("flags");
        // Cut short by nft 1.0.
        if (flags.stream().anyMatch(flag -> flag.text().startsWith("dorm"))) {
          dormant.add(table);
        }
      }
      case "chain" ->
          Optional.ofNullable(tables.get(table(content)))
              .ifPresent(
                  table ->
                      table
                          .chains()
                          .put(content.text("name"), new Chain(base(content), new ArrayList<>())));
      case "set", "map" ->
          sets.computeIfAbsent(table(content), key -> new HashMap<>())
              .put(content.text("name"), elements(content));
      case "limit", "quota" -> {
        if (content.text("inv").equals("true")) {
          exceeded
              .computeIfAbsent(table(content), key -> new HashSet<>())
              .add(object.kind() + " " + content.text("name"));
        }
      }
      default -> {}
    }
  }

  // Rules that look up what is not kept are not known to match.
  private Json elements(Json set) {
    Json found = set.get("elem").orElse(new Json(List.of()));
    if (found.isTooLong() || elements + found.items().size() > MAX_ELEMENTS) {
      return Json.TOO_LONG;
    }
    elements += found.items().size();
    return found;
  }

  private static Optional<Chain.Base> base(Json chain) {
    if (!HOOKS.contains(chain.text("hook"))) {
      return Optional.empty();
    }
    return Optional.of(
        new Chain.Base(
            Hook.valueOf(chain.text("hook").toUpperCase(Locale.ROOT)),
            chain.text("type").equals("nat"),
            Integer.parseInt(chain.text("prio")),
            chain.text("policy").equals("drop") ? Optional.of(policy(chain)) : Optional.empty()));
  }

  private static RuleAt policy(Json chain) {
    String family = chain.text("family");
    String table = chain.text("table");
    String name = chain.text("name");
    String accepting =
        ShellWords.join(List.of("nft", "chain", family, table, name, "{ policy accept; }"));
    return new RuleAt("nft", family, table, name, "policy drop", accepting);
  }

  private void add(Json rule, NftStatements statements) {
    String family = rule.text("family");
    String table = rule.text("table");
    String chain = rule.text("chain");
    String handle = rule.text("handle");
    String deletion =
        ShellWords.join(List.of("nft", "delete", "rule", family, table, chain, "handle", handle));
    String text = texts.of(family, table, handle);
    RuleAt at = new RuleAt("nft", family, table, chain, text, deletion);
    List<Json> expr = rule.items("expr");
    boolean looksUp = LOOKUP.matcher(expr.toString()).find();
    Optional.ofNullable(tables.get(table(rule)))
        .flatMap(found -> Optional.ofNullable(found.chains().get(chain)))
        .ifPresent(found -> found.rules().add(new Chain.Rule(at, statements.parse(expr), looksUp)));
  }
}
