package dev.pellucid.runtime.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.PortRange;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The kinds of values there are. */
final class Readings {
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Pattern INTERFACE_NAME = Pattern.compile("[\\w.:@-]{1,15}");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]{1,8}");
  private static final String KEY = "value";

  private Readings() {}

  static final Reading<String> TEXT =
      value -> {
        if (value.valueType() != ConfigValueType.STRING) {
          throw expected("text", value);
        }
        return (String) value.unwrapped();
      };

  /** A text that is not repeated in problems. */
  static final Reading<String> SECRET =
      value -> {
        if (value.valueType() != ConfigValueType.STRING || value.unwrapped().equals("")) {
          throw new IllegalArgumentException("must be text, at least one character");
        }
        return (String) value.unwrapped();
      };

  static final Reading<String> INTERFACE =
      value -> {
        String name = TEXT.read(value);
        if (!INTERFACE_NAME.matcher(name).matches()) {
          throw expected("the name of an interface", value);
        }
        return name;
      };

  static final Reading<ConfigObject> OBJECT =
      value -> {
        if (value instanceof ConfigObject object) {
          return object;
        }
        throw expected("an object { ... }", value);
      };

  static final Reading<List<ConfigValue>> LIST =
      value -> {
        if (value instanceof ConfigList list) {
          return list;
        }
        throw expected("a list [ ... ]", value);
      };

  static final Reading<Boolean> TRUTH = value -> as(value, "true or false", Config::getBoolean);

  static final Reading<Duration> DURATION =
      value -> {
        String form = "a time such as 500ms, 5s or 2m, above zero and up to a year";
        Duration duration = as(value, form, Config::getDuration);
        if (duration.toMillis() < 1 || duration.compareTo(LONGEST) > 0) {
          throw expected(form, value);
        }
        return duration;
      };

  static final Reading<InetSocketAddress> ADDRESS = value -> parsed(value, TEXT, Addresses::parse);

  static final Reading<Cidr> NETWORK = value -> parsed(value, TEXT, Cidr::parse);

  static final Reading<PortRange> PORTS =
      value ->
          value.valueType() == ConfigValueType.NUMBER
              ? parsed(value, whole(1, 65535), PortRange::of)
              : parsed(value, TEXT, PortRange::parse);

  /** The mark of packets, which HOCON takes for text where it is hexadecimal. */
  static final Reading<Integer> MARK =
      value ->
          value.unwrapped() instanceof String text && HEXADECIMAL.matcher(text).matches()
              ? whole(1, Integer.MAX_VALUE)
                  .read(ConfigValueFactory.fromAnyRef(Long.decode(text), "a mark"))
              : whole(1, Integer.MAX_VALUE).read(value);

  static Reading<Integer> whole(int least, int most) {
    return value -> {
      String form = "a whole number from " + least + " to " + most;
      Number number = as(value, form, Config::getNumber);
      if (number.doubleValue() != number.intValue()
          || number.intValue() < least
          || number.intValue() > most) {
        throw expected(form, value);
      }
      return number.intValue();
    };
  }

  static IllegalArgumentException expected(String form, ConfigValue value) {
    return new IllegalArgumentException("must be " + form + ", not " + shown(value));
  }

  private static <T, V> T parsed(ConfigValue value, Reading<V> reading, Function<V, T> parser) {
    return parser.apply(reading.read(value));
  }

  private static <T> T as(ConfigValue value, String form, BiFunction<Config, String, T> getter) {
    try {
      return getter.apply(value.atKey(KEY), KEY);
    } catch (ConfigException e) {
      throw expected(form, value);
    }
  }

  private static String shown(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "an object";
      case LIST -> "a list";
      case NULL, NUMBER, BOOLEAN, STRING -> value.render(ConfigRenderOptions.concise());
    };
  }
}
