package dev.pellucid.plugin.servername;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Host names and groups of them. {@code example.org} is that name alone, {@code *.example.org} all
 * names that end so, however many labels stand before, and {@code *} every name.
 */
final class Names {
  private static final String EVERY = "*";
  private static final String BELOW = "*.";

  private final boolean every;
  private final Set<String> names = new HashSet<>();
  private final Set<String> parents = new HashSet<>();

  /** All of these, as {@link #parse} returns them. */
  Names(List<String> patterns) {
    every = patterns.contains(EVERY);
    for (String pattern : patterns) {
      if (pattern.startsWith(BELOW)) {
        parents.add(pattern.substring(BELOW.length()));
      } else {
        names.add(pattern);
      }
    }
  }

  /**
   * Reads one of them.
   *
   * @throws IllegalArgumentException if it is none
   */
  static String parse(String text) {
    if (text.equals(EVERY)) {
      return text;
    }
    boolean group = text.startsWith(BELOW);
    String name = group ? text.substring(BELOW.length()) : text;
    return HostName.of(name)
        .map(normal -> group ? BELOW + normal : normal)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be a name such as example.org, *.example.org or *, international ones in"
                        + " punycode (xn--...), not \""
                        + text
                        + "\""));
  }

  /** Whether a name is one of these. */
  boolean contain(String name) {
    return every || names.contains(name) || anyParent(name);
  }

  private boolean anyParent(String name) {
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (parents.contains(name.substring(dot + 1))) {
        return true;
      }
    }
    return false;
  }
}
