package dev.pellucid.runtime.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOrigin;

/**
 * Something in a configuration file that cannot stay as it is.
 *
 * @param place the file and the line, for example {@code web.conf:12}
 * @param key the full path of the key, or empty if it is about the file as a whole
 * @param text what is wrong
 */
public record Problem(String place, String key, String text) {

  /** A problem where a value came from. */
  public static Problem at(ConfigOrigin origin, String key, String text) {
    return new Problem(place(origin), key, text);
  }

  /**
   * A problem that the configuration library, or a plugin by its means, has found.
   *
   * @param place where it is, unless the failure itself knows
   */
  public static Problem of(ConfigException failure, String place, String key) {
    ConfigOrigin origin = failure.origin();
    String message = String.valueOf(failure.getMessage());
    if (origin == null) {
      return new Problem(place, key, message);
    }
    String prefix = origin.description() + ": ";
    return at(
        origin, key, message.startsWith(prefix) ? message.substring(prefix.length()) : message);
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
