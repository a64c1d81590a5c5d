package dev.pellucid.runtime.host.ruleset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules in nft's own words, from {@code nft -a -s list ruleset}: without what is counted. */
final class NftRuleTexts {
  private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{.*");
  private static final Pattern RULE = Pattern.compile("\\s+(.*) # handle (\\d+)");

  private final Map<List<String>, String> texts = new HashMap<>();
  private List<String> table = List.of("", "");

  private NftRuleTexts() {}

  /** Reads what {@code nft -a list ruleset} writes, line by line: there may be much of it. */
  static NftRuleTexts read(InputStream listing) throws IOException {
    NftRuleTexts reader = new NftRuleTexts();
    BufferedReader lines = new BufferedReader(new InputStreamReader(listing, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      reader.add(line);
    }
    return reader;
  }

  private void add(String line) {
    Matcher opening = TABLE.matcher(line);
    Matcher rule = RULE.matcher(line);
    if (opening.matches()) {
      table = List.of(opening.group(1), opening.group(2));
    } else if (rule.matches()) {
      texts.put(List.of(table.get(0), table.get(1), rule.group(2)), rule.group(1));
    }
  }

  /** The text of a rule; its handle if it was listed only afterwards. */
  String of(String family, String table, String handle) {
    return texts.getOrDefault(List.of(family, table, handle), "handle " + handle);
  }
}
