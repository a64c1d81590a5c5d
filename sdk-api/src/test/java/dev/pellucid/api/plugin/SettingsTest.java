package dev.pellucid.api.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Cidr;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private static Settings of(String text) {
    return new Settings(ConfigFactory.parseString(text));
  }

  @Test
  void readsWhatIsThere() {
    Settings settings =
        of(
            """
            name = web
            nets = ["10.1.0.0/24", "10.2.0.0/24"]
            count = 7
            on = true
            time = 500ms
            size = 64KiB
            rules = [{ a = 1 }, { a = 2 }]
            """);
    assertEquals("web", settings.text("name", "other"));
    assertEquals(
        List.of(Cidr.parse("10.1.0.0/24"), Cidr.parse("10.2.0.0/24")),
        settings.list("nets", Cidr::parse));
    assertEquals(7, settings.whole("count", 1, 10, 3));
    assertTrue(settings.truth("on", false));
    assertEquals(Duration.ofMillis(500), settings.duration("time", Duration.ofSeconds(1)));
    assertEquals(Optional.of(65536L), settings.bytes("size"));
    assertEquals(
        List.of(1, 2), settings.objects("rules").stream().map(o -> o.whole("a", 0, 9, 0)).toList());
  }

  @Test
  void whatIsMissingFallsBack() {
    Settings settings = of("");
    assertEquals("other", settings.text("name", "other"));
    assertEquals(List.of(), settings.list("nets", Cidr::parse));
    assertEquals(3, settings.whole("count", 1, 10, 3));
    assertFalse(settings.truth("on", false));
    assertEquals(Duration.ofSeconds(1), settings.duration("time", Duration.ofSeconds(1)));
    assertEquals(Optional.empty(), settings.bytes("size"));
    assertEquals(List.of(), settings.objects("rules"));
    assertEquals(Optional.empty(), settings.read("net", Cidr::parse));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key = 11",
        "key = 0",
        "key = 1.5",
        "key = soon",
        "key = [1]",
        "key { a = 1 }",
        "key = 1e99"
      })
  void aNumberThatIsNoneOrOutOfRangeIsRefusedWithItsLine(String text) {
    assertRefused(text, settings -> settings.whole("key", 1, 10, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"key = 0s", "key = -1s", "key = soon", "key = [1s]"})
  void aTimeThatIsNoneIsRefusedWithItsLine(String text) {
    assertRefused(text, settings -> settings.duration("key", Duration.ofSeconds(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"key = 0", "key = -1", "key = much", "key = 1 potato"})
  void anAmountThatIsNoneIsRefusedWithItsLine(String text) {
    assertRefused(text, settings -> settings.bytes("key"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"key = web", "key = [web]", "key { a = 1 }"})
  void aTextWithoutItsFormIsRefusedWithItsLine(String text) {
    assertRefused(text, settings -> settings.read("key", Cidr::parse));
  }

  @Test
  void anElementOfAListIsRefusedWithItsLine() {
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () -> of("key = [\n \"10.1.0.0/24\"\n web ]").list("key", Cidr::parse));
    assertEquals(3, refused.origin().lineNumber());
  }

  @Test
  void aTimeOfDayWithoutItsFormIsRefusedWithItsLine() {
    assertRefused("key = noon", settings -> settings.require("key", LocalTime::parse));
  }

  @Test
  void aMissingKeyIsAProblemOfTheObject() {
    assertThrows(ConfigException.class, () -> of("").require("key", Cidr::parse));
    Settings inner = of("\n\nrules = [\n { a = 1 } ]").objects("rules").get(0);
    assertEquals(4, inner.bad("b", "is missing").origin().lineNumber());
  }

  private static void assertRefused(String text, Function<Settings, ?> reading) {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> reading.apply(of("\n" + text)));
    assertEquals(2, refused.origin().lineNumber());
    assertTrue(String.valueOf(refused.getMessage()).contains("key"), refused::getMessage);
  }
}
