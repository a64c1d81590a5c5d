package dev.pellucid.runtime.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  private static List<Json> elements(String text) throws IOException {
    return Json.list(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [{"a": 1}, {"a": 2}]|12
          [{"a": 1}] [{"a": 2}]|12
          {"nftables": [{"a": 1}, {"a": 2}]}|12
          [{}, {"a": 1}, {}]|1
          [{"b": {"c": [3]}, "a": 1}]|1
          []|``
          ``|``
          """)
  void elements(String text, String found) throws IOException {
    assertEquals(
        found, elements(text).stream().map(json -> json.text("a")).reduce("", (a, b) -> a + b));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"a\": 1}", "[{\"a\"", "RTNETLINK answers", "[1, }"})
  void whatIsNoListing(String text) {
    assertThrows(IOException.class, () -> elements(text));
  }

  @Test
  void values() throws IOException {
    Json json =
        elements(
                "[{\"number\": 7, \"text\": \"t\", \"yes\": true, \"none\": null, \"list\": [1, 2]}]")
            .get(0);
    assertEquals(7, json.number("number"));
    assertEquals("t", json.required("text"));
    assertEquals("true", json.text("yes"));
    assertTrue(json.has("none") && json.string("none").isEmpty());
    assertEquals(List.of("1", "2"), json.items("list").stream().map(Json::text).toList());
    assertEquals(List.of("t"), json.items("text").stream().map(Json::text).toList());
    assertEquals("number", json.kind());
    assertFalse(json.has("missing"));
    assertEquals(Optional.empty(), json.string("missing"));
    assertEquals("", json.text("missing"));
    assertEquals(List.of(), json.items("missing"));
    assertThrows(IllegalArgumentException.class, () -> json.required("missing"));
    assertThrows(IllegalArgumentException.class, () -> json.required("none"));
    assertThrows(IllegalArgumentException.class, () -> json.number("text"));
  }

  @Test
  void aVeryLongArrayIsNotKept() throws IOException {
    String items = "{\"x\": [1]}, ".repeat(10_000);
    Json json =
        elements("[{\"a\": [%s2], \"b\": [%s]}]".formatted(items, items.replaceAll(", $", "")))
            .get(0);
    assertEquals(10_000, json.items("b").size());
    assertEquals(Optional.of(Json.TOO_LONG), json.get("a"));
    assertThrows(IllegalArgumentException.class, () -> json.items("a"));
  }
}
