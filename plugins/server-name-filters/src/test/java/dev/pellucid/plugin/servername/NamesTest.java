package dev.pellucid.plugin.servername;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @Test
  void aNameIsThatOneAlone() {
    Names names = names("Example.ORG.");
    assertTrue(names.contain("example.org"));
    assertFalse(names.contain("www.example.org"));
    assertFalse(names.contain("ample.org"));
  }

  @Test
  void aWildcardStandsForAnyNumberOfLabelsButNotNone() {
    Names names = names("*.Example.org");
    assertTrue(names.contain("www.example.org"));
    assertTrue(names.contain("a.b.example.org"));
    assertFalse(names.contain("example.org"));
    assertFalse(names.contain("wwwexample.org"));
    assertFalse(names.contain("example.org.net"));
  }

  @Test
  void aStarIsAnyName() {
    assertTrue(names("*").contain("localhost"));
    assertFalse(names().contain("localhost"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "**", "*.", "*.*", "a.*", "w*.example.org", "a b", "a:80", "bücher.de"})
  void whatIsNoPatternIsRefused(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Names.parse(text));
    assertTrue(refused.getMessage().endsWith("not \"" + text + "\""), refused.getMessage());
  }

  @Test
  void patternsAreNormalized() {
    assertEquals("*.example.org", Names.parse("*.EXAMPLE.org."));
    assertEquals("xn--bcher-kva.de", Names.parse("xn--bcher-kva.de"));
  }

  private static Names names(String... patterns) {
    return new Names(Stream.of(patterns).map(Names::parse).toList());
  }
}
