package dev.pellucid.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigValueFactory;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class WordsTest {

  @Property
  void wordsAreReadAsTheyAreWritten(@ForAll Route route) {
    List<String> words = Arrays.stream(Route.values()).map(Words::word).toList();
    assertEquals(List.of("pool", "original-destination"), words);
    assertEquals(
        route, Words.of(Route.class).read(ConfigValueFactory.fromAnyRef(Words.word(route))));
  }
}
