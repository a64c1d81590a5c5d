package com.example.pellucid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.testkit.FakeConnection;
import java.util.Set;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.api.Transport;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import java.time.Instant;
import org.junit.jupiter.api.Test;

// #test
class OfficeHoursTest {

  @Test
  void acceptsInOfficeHoursOnly() {
    ConnectionFilter filter = filter("from = \"08:00\", to = \"18:00\", zone = Europe/Berlin");
    assertEquals(Verdict.reject(), decide(filter, "2026-07-01T05:59:59Z"));
    assertEquals(Verdict.accept(), decide(filter, "2026-07-01T06:00:00Z"));
    assertEquals(Verdict.accept(), decide(filter, "2026-07-01T15:59:59Z"));
    assertEquals(Verdict.reject(), decide(filter, "2026-07-01T16:00:00Z"));
  }

  @Test
  void saysWhereABadValueIs() {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> filter("from = \"08:00\"\nto = \"6 pm\""));
    assertTrue(refused.getMessage().startsWith("test.conf: 2: Invalid value at 'to'"));
  }

  private static ConnectionFilter filter(String settings) {
    return new OfficeHours.Factory()
        .create(
            new Settings(
                ConfigFactory.parseString(
                    settings, ConfigParseOptions.defaults().setOriginDescription("test.conf"))),
            new PluginContext("web", Transport.TCP, Set.of()));
  }

  private static Verdict decide(ConnectionFilter filter, String time) {
    return filter.decide(FakeConnection.from("10.1.0.2:40000").acceptedAt(Instant.parse(time)));
  }

  // #test

  @Test
  void hoursMayGoPastMidnight() {
    ConnectionFilter filter = filter("from = \"22:00\", to = \"06:00\"");
    assertEquals(Verdict.accept(), decide(filter, "2026-07-01T23:00:00Z"));
    assertEquals(Verdict.accept(), decide(filter, "2026-07-01T05:00:00Z"));
    assertEquals(Verdict.reject(), decide(filter, "2026-07-01T06:00:00Z"));
  }
}
