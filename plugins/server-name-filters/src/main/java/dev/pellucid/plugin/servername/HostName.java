package dev.pellucid.plugin.servername;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The one way to write a host name: in lower case, without the dot that may end it. */
final class HostName {
  private static final int MAX_LENGTH = 253;
  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*+");

  private HostName() {}

  /** Empty if the text is no host name. International names count as they travel: in punycode. */
  static Optional<String> of(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return name.length() <= MAX_LENGTH
        ? Optional.of(name.toLowerCase(Locale.ROOT)).filter(n -> NAME.matcher(n).matches())
        : Optional.empty();
  }
}
