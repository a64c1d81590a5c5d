package dev.pellucid.runtime.host.ruleset;

import java.util.ArrayList;
import java.util.List;

/**
 * An option of a rule in iptables.
 *
 * @param negated whether there is a {@code !} before it
 * @param name its name, with the dashes
 * @param values what follows it
 */
record IptablesOption(boolean negated, String name, List<String> values) {
  /** Those whose value can be any text, even one that looks like an option. */
  private static final List<String> TEXTS = List.of("--comment", "--log-prefix", "--nflog-prefix");

  String value() {
    return values.isEmpty() ? "" : values.get(0);
  }

  static List<IptablesOption> parse(List<String> words) {
    List<IptablesOption> options = new ArrayList<>();
    int next = 0;
    while (next < words.size()) {
      boolean negated = words.get(next).equals("!") && next + 1 < words.size();
      int at = negated ? next + 1 : next;
      next = at + 1;
      if (TEXTS.contains(words.get(at))) {
        next++;
      } else {
        while (next < words.size() && !begins(words.get(next))) {
          next++;
        }
      }
      next = Math.min(next, words.size());
      options.add(new IptablesOption(negated, words.get(at), words.subList(at + 1, next)));
    }
    return options;
  }

  private static boolean begins(String word) {
    return word.startsWith("-") || word.equals("!");
  }
}
