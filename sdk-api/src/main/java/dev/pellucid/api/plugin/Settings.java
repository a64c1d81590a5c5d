package dev.pellucid.api.plugin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The settings of one plugin instance: the object in the configuration file that named its type.
 * Everything here throws a {@link ConfigException} about a value that is not as asked for; it knows
 * the value's file and line, and the user is told them.
 */
public final class Settings {
  private final Config config;

  /** Settings that stand in a configuration. */
  public Settings(Config config) {
    this.config = config;
  }

  /** The object itself, for what the methods here do not read. */
  public Config config() {
    return config;
  }

  /** Whether a key is set. */
  public boolean has(String key) {
    return config.hasPath(key);
  }

  /**
   * Reads a text that has a form of its own.
   *
   * @param parser throws {@link IllegalArgumentException} or {@link DateTimeException} if the text
   *     does not have that form; the message goes to the user and should say what is allowed
   * @return empty if the key is not set
   */
  public <T> Optional<T> read(String key, Function<String, T> parser) {
    return has(key) ? Optional.of(parsed(key, config.getValue(key), parser)) : Optional.empty();
  }

  /** Reads such a text, whose key has to be set. */
  public <T> T require(String key, Function<String, T> parser) {
    return read(key, parser).orElseThrow(() -> bad(key, "is missing"));
  }

  /** Reads a list of such texts; a key that is not set is an empty list. */
  public <T> List<T> list(String key, Function<String, T> parser) {
    return has(key)
        ? config.getList(key).stream().map(value -> parsed(key, value, parser)).toList()
        : List.of();
  }

  /** Reads a list of objects; a key that is not set is an empty list. */
  public List<Settings> objects(String key) {
    return has(key) ? config.getConfigList(key).stream().map(Settings::new).toList() : List.of();
  }

  /** Reads a text. */
  public String text(String key, String fallback) {
    return read(key, text -> text).orElse(fallback);
  }

  /** Reads {@code true} or {@code false}. */
  public boolean truth(String key, boolean fallback) {
    return has(key) ? config.getBoolean(key) : fallback;
  }

  /** Reads a whole number from a range. */
  public int whole(String key, int least, int most, int fallback) {
    if (!has(key)) {
      return fallback;
    }
    double number = config.getNumber(key).doubleValue();
    if (number != Math.rint(number) || number < least || number > most) {
      throw bad(key, "must be a whole number from " + least + " to " + most);
    }
    return (int) number;
  }

  /** Reads a time above zero, such as {@code 500ms}, {@code 5s} or {@code 2m}. */
  public Duration duration(String key, Duration fallback) {
    if (!has(key)) {
      return fallback;
    }
    Duration duration = config.getDuration(key);
    if (duration.isNegative() || duration.isZero()) {
      throw bad(key, "must be above zero, such as 500ms, 5s or 2m");
    }
    return duration;
  }

  /** Reads an amount of data above zero, such as {@code 64KiB} or {@code 10MB}, in bytes. */
  public Optional<Long> bytes(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    long bytes = config.getBytes(key);
    if (bytes < 1) {
      throw bad(key, "must be above zero, such as 64KiB or 10MB");
    }
    return Optional.of(bytes);
  }

  /**
   * A problem of a key, or of the whole object if the key is not set.
   *
   * @param text what is wrong, and what would be right
   */
  public ConfigException bad(String key, String text) {
    return has(key)
        ? new ConfigException.BadValue(config.getValue(key).origin(), key, text)
        : new ConfigException.BadValue(config.root().origin(), key, text);
  }

  private static <T> T parsed(String key, ConfigValue value, Function<String, T> parser) {
    if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
      throw new ConfigException.WrongType(value.origin(), key, "STRING", value.valueType().name());
    }
    try {
      return parser.apply(value.unwrapped().toString());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new ConfigException.BadValue(value.origin(), key, e.getMessage(), e);
    }
  }
}
