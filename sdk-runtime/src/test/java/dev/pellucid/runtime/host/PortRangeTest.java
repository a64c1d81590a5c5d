package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortRangeTest {
  @Test
  void readsPortsAndRanges() {
    assertEquals(PortRange.of(80), PortRange.parse("80"));
    assertEquals(new PortRange(8000, 8099), PortRange.parse("8000-8099"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http", "0", "65536", "90-80", "1-", "-1", "80,81", " 80"})
  void refusesWhatIsNeither(String text) {
    assertThrows(IllegalArgumentException.class, () -> PortRange.parse(text));
  }
}
