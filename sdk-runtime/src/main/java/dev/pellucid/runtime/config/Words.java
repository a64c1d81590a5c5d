package dev.pellucid.runtime.config;

import com.typesafe.config.ConfigValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the word that stands for an enum constant: {@code ORIGINAL_DESTINATION} is written {@code
 * original-destination}.
 *
 * @param type the enum
 * @param supported the constants that this version can do
 */
record Words<E extends Enum<E>>(Class<E> type, Set<E> supported) implements Reading<E> {

  static <E extends Enum<E>> Words<E> of(Class<E> type) {
    return new Words<>(type, EnumSet.allOf(type));
  }

  /** Some of the constants are not supported by this version yet. */
  Words<E> except(List<E> unsupported) {
    return new Words<>(type, EnumSet.complementOf(EnumSet.copyOf(unsupported)));
  }

  @Override
  public E read(ConfigValue value) {
    String word = Readings.TEXT.read(value);
    E constant =
        Arrays.stream(type.getEnumConstants())
            .filter(candidate -> word(candidate).equals(word))
            .findFirst()
            .orElseThrow(() -> Readings.expected(known(), value));
    if (!supported.contains(constant)) {
      throw new IllegalArgumentException(
          "\"%s\" is not supported by this version yet; it must be %s".formatted(word, known()));
    }
    return constant;
  }

  /** How a constant is written. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private String known() {
    List<String> words = supported.stream().map(Words::word).toList();
    return words.size() == 1 ? words.get(0) : "one of " + String.join(", ", words);
  }
}
