package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/24, 10.1.0.0/24",
    "10.1.2.3/12, 10.0.0.0/12",
    "10.1.2.3, 10.1.2.3/32",
    "0.0.0.0/0, 0.0.0.0/0",
    "fd00:1::7/64, fd00:1:0:0:0:0:0:0/64",
    "::1, 0:0:0:0:0:0:0:1/128"
  })
  void readsNetworksAndClearsTheBitsThatDoNotCount(String text, String expected) {
    assertEquals(expected, Cidr.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com/8",
        "10.1/16",
        "10.1.0.256/24",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/",
        "1.2.3.4/-1",
        "::1%lo"
      })
  void refusesEverythingElse(String text) {
    assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text));
  }
}
