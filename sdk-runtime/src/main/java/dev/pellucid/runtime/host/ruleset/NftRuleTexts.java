package dev.pellucid.runtime.host.ruleset;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules in nft's own words, from {@code nft -a list ruleset}. */
final class NftRuleTexts {
  private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{.*");
  private static final Pattern RULE = Pattern.compile("\\s+(.*) # handle (\\d+)");

  private final Map<List<String>, String> texts = new HashMap<>();

  NftRuleTexts(String listing) {
    List<String> table = List.of("", "");
    for (String line : listing.lines().toList()) {
      Matcher opening = TABLE.matcher(line);
      Matcher rule = RULE.matcher(line);
      if (opening.matches()) {
        table = List.of(opening.group(1), opening.group(2));
      } else if (rule.matches()) {
        texts.put(List.of(table.get(0), table.get(1), rule.group(2)), rule.group(1));
      }
    }
  }

  /** The text of a rule; its handle if it was listed only afterwards. */
  String of(String family, String table, String handle) {
    return texts.getOrDefault(List.of(family, table, handle), "handle " + handle);
  }
}
