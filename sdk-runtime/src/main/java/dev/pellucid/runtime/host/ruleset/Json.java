package dev.pellucid.runtime.host.ruleset;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value in a listing by nft.
 *
 * @param value as it is parsed: a map, a list, a text, a number, a boolean, or null
 */
record Json(@Nullable Object value) {
  /** The objects of a listing, in order. */
  static List<Json> parse(String text) {
    return new Json(
            ConfigFactory.parseString(
                    text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
                .root()
                .unwrapped())
        .get("nftables")
        .map(Json::items)
        .orElse(List.of());
  }

  /** What an object has by this name, if it is one and has it. */
  Optional<Json> get(String key) {
    return value instanceof Map<?, ?> map && map.containsKey(key)
        ? Optional.of(new Json(map.get(key)))
        : Optional.empty();
  }

  /** What an object has by this name as text; empty without. */
  String text(String key) {
    return get(key).map(Json::text).orElse("");
  }

  String text() {
    return String.valueOf(value);
  }

  /** The items of an array; anything else is its only item. */
  List<Json> items() {
    return value instanceof List<?> list ? list.stream().map(Json::new).toList() : List.of(this);
  }

  /** The name of an object's first field, which says what it is; empty for what is no object. */
  String kind() {
    return value instanceof Map<?, ?> map && !map.isEmpty()
        ? String.valueOf(map.keySet().iterator().next())
        : "";
  }

  /** The field that {@link #kind} names. */
  Json content() {
    return get(kind()).orElse(this);
  }
}
