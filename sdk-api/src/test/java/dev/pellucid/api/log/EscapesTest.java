package dev.pellucid.api.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EscapesTest {

  @Test
  void whatCouldForgeALineIsEscaped() {
    assertEquals(
        "key=a b\\u000d\\u000atime\\u003d\\u001b[2J\\u202e\\u005cu0041\\u00e9~",
        escaped("key=", "a b\r\ntime=\u001b[2J\u202e\\u0041\u00e9~", "="));
  }

  @Property
  void onlyPrintableAsciiIsLeftAndNothingIsLost(@ForAll String value) {
    String escaped = escaped("", value, "\"");
    assertTrue(escaped.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '"'), escaped);
    assertEquals(value, ConfigFactory.parseString("v = \"" + escaped + '"').getString("v"));
  }

  private static String escaped(String before, String value, String also) {
    StringBuilder text = new StringBuilder(before).append(value);
    Escapes.apply(text, before.length(), also);
    return text.toString();
  }
}
