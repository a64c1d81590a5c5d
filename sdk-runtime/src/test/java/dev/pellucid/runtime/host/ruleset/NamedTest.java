package dev.pellucid.runtime.host.ruleset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-A POSTROUTING -s 10.1.0.0/24 -o server0 -j MASQUERADE | 10.1.0.0/24 |",
        "-A PREROUTING -d 10.2.0.2/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 9999"
            + " | 10.2.0.2/32 | 80 9999",
        "-A INPUT -p tcp -m multiport --dports 443,8000:8019 -j DROP || 443 8000 8019",
        "-A INPUT -m iprange --dst-range 10.2.0.2-10.2.0.9 -j DROP | 10.2.0.2/32 10.2.0.9/32 |",
        "-A INPUT -d fd00:2::/64 -j DROP | fd00:2:0:0:0:0:0:0/64 |",
        "ip daddr { 10.2.0.2, 10.3.0.0/16 } tcp dport 8000-8019 drop"
            + " | 10.2.0.2/32 10.3.0.0/16 | 8000 8019",
        "ip6 saddr fd00:1::2-fd00:1::9 drop | fd00:1:0:0:0:0:0:2/128 fd00:1:0:0:0:0:0:9/128 |",
        "ether saddr 02:42:ac:11:00:02 meta mark set 0x00000071 ct mark 70000 ||",
        "ip daddr 10.2.0.300 ip saddr 10.2.0.0/33 @blocked ||",
      })
  void readsWhatARuleNames(String rule, String networks, String ports) {
    Named named = Named.of(rule);
    assertEquals(words(networks), named.networks().stream().map(Object::toString).toList());
    assertEquals(words(ports), named.ports().stream().map(Object::toString).toList());
  }

  private static List<String> words(String text) {
    return text == null ? List.of() : Arrays.asList(text.split(" ", -1));
  }
}
