package dev.pellucid.runtime.host.ruleset;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words of command lines. */
final class ShellWords {
  // Quoted: with \" and \\ and, from iptables-save, \'.
  private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S+)");
  private static final Pattern SAFE = Pattern.compile("[\\w@%+=:,./-]+");

  private ShellWords() {}

  /** The words of a line that iptables-save has written. */
  static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      String quoted = word.group(1);
      words.add(quoted == null ? word.group() : quoted.replaceAll("\\\\(.)", "$1"));
    }
    return words;
  }

  /** A command line of these words for a shell. */
  static String join(List<String> words) {
    return words.stream().map(ShellWords::quote).collect(joining(" "));
  }

  private static String quote(String word) {
    return SAFE.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
