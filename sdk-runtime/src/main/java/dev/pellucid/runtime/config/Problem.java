package dev.pellucid.runtime.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOrigin;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something in a configuration file that cannot stay as it is.
 *
 * @param place the file and the line, for example {@code web.conf:12}
 * @param key the full path of the key, or empty if it is about the file as a whole
 * @param text what is wrong
 */
public record Problem(String place, String key, String text) {
  private static final Pattern BAD_VALUE =
      Pattern.compile("Invalid value at '([^']*)': (.*)", Pattern.DOTALL);

  /** A problem where a value came from. */
  public static Problem at(ConfigOrigin origin, String key, String text) {
    return new Problem(place(origin), key, text);
  }

  /**
   * A problem that the configuration library, or a plugin by its means, has found.
   *
   * @param place where it is, unless the failure itself knows
   * @param key what was read; if the failure names a key in it, that one's path is the problem's
   */
  public static Problem of(ConfigException failure, String place, String key) {
    ConfigOrigin origin = failure.origin();
    String message = String.valueOf(failure.getMessage());
    if (origin == null) {
      return new Problem(place, key, message);
    }
    String prefix = origin.description() + ": ";
    String text = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    Matcher value = BAD_VALUE.matcher(text);
    return value.matches()
        ? at(origin, key + "." + value.group(1), value.group(2))
        : at(origin, key, text);
  }

  private static String place(ConfigOrigin origin) {
    String file = origin.filename();
    if (file == null) {
      return origin.description();
    }
    return origin.lineNumber() < 1 ? file : file + ":" + origin.lineNumber();
  }

  /** One line. */
  @Override
  public String toString() {
    return place + ": " + (key.isEmpty() ? "" : key + ": ") + text;
  }
}
