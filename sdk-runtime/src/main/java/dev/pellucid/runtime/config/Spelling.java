package dev.pellucid.runtime.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what was meant by a word that is not known. */
public final class Spelling {
  private static final int FEW = 2;

  private Spelling() {}

  /** The known word that differs in at most two letters, if there is one. */
  public static Optional<String> closest(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .filter(candidate -> distance(word, candidate) <= FEW);
  }

  /** How many letters have to be added, removed or changed. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }

  /** What to say of a word that is not known. */
  public static String unknown(String what, String word, Collection<String> known) {
    String guess =
        closest(word, known).map(candidate -> ", did you mean \"" + candidate + "\"?").orElse("");
    String all = known.isEmpty() ? "there are none" : String.join(", ", known);
    return "unknown %s \"%s\"%s (known: %s)".formatted(what, word, guess, all);
  }
}
