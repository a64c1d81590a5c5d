package dev.pellucid.runtime.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value in what a tool of the host lists.
 *
 * @param value as it is read: a map, a list, a text, a number, a boolean, or null
 */
public record Json(@Nullable Object value) {
  // Sets of nft hold whole countries.
  private static final int MAX_ITEMS = 10_000;

  /** In place of an array that is too long to be kept. */
  public static final Json TOO_LONG = new Json(new TooLong());

  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();

  private record TooLong() {}

  /**
   * Reads a listing, one element after the other: it may be long. The elements are those of an
   * array, of several arrays, or of one that is the only field of an object.
   *
   * @param listing is not closed
   * @param each is given the elements in their order, but for empty objects
   * @throws IOException if it is not one
   */
  public static void elements(InputStream listing, Consumer<Json> each) throws IOException {
    try (JsonParser parser = FACTORY.createParser(listing)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            Json element = new Json(value(parser));
            if (!Map.of().equals(element.value)) {
              each.accept(element);
            }
          }
        }
      }
    }
  }

  /** The same for a listing that is not so long. */
  public static List<Json> list(InputStream listing) throws IOException {
    List<Json> list = new ArrayList<>();
    elements(listing, list::add);
    return list;
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return fields;
  }

  private static Object array(JsonParser parser) throws IOException {
    List<@Nullable Object> items = new ArrayList<>();
    boolean tooMany = false;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (items.size() < MAX_ITEMS) {
        items.add(value(parser));
      } else {
        tooMany = true;
        parser.skipChildren();
      }
    }
    return tooMany ? new TooLong() : items;
  }

  /** What an object has by this name, if it is one and has it. */
  public Optional<Json> get(String key) {
    return value instanceof Map<?, ?> map && map.containsKey(key)
        ? Optional.of(new Json(map.get(key)))
        : Optional.empty();
  }

  /** Whether an object has something by this name, be it null. */
  public boolean has(String key) {
    return get(key).isPresent();
  }

  /** What an object has by this name as text; empty without, or for null. */
  public Optional<String> string(String key) {
    return get(key).filter(found -> found.value != null).map(Json::text);
  }

  /** The same; the empty text without. */
  public String text(String key) {
    return get(key).map(Json::text).orElse("");
  }

  /** It as text. */
  public String text() {
    return String.valueOf(value);
  }

  /**
   * The number that an object has by this name.
   *
   * @throws IllegalArgumentException if it has none
   */
  public int number(String key) {
    return Integer.parseInt(text(key));
  }

  /**
   * What an object has by this name.
   *
   * @throws IllegalArgumentException if it has nothing
   */
  public String required(String key) {
    return string(key)
        .orElseThrow(() -> new IllegalArgumentException("there is no " + key + " in " + value));
  }

  /** Whether it is {@link #TOO_LONG}. */
  public boolean isTooLong() {
    return equals(TOO_LONG);
  }

  /**
   * The items of an array; anything else is its only item.
   *
   * @throws IllegalArgumentException for {@link #TOO_LONG}
   */
  public List<Json> items() {
    if (isTooLong()) {
      throw new IllegalArgumentException("an array is too long");
    }
    return value instanceof List<?> list ? list.stream().map(Json::new).toList() : List.of(this);
  }

  /** The items of what an object has by this name; empty without. */
  public List<Json> items(String key) {
    return get(key).map(Json::items).orElse(List.of());
  }

  /** The name of an object's first field, which says what it is; empty for what is no object. */
  public String kind() {
    return value instanceof Map<?, ?> map && !map.isEmpty()
        ? String.valueOf(map.keySet().iterator().next())
        : "";
  }

  /** The field that {@link #kind} names. */
  public Json content() {
    return get(kind()).orElse(this);
  }
}
