package dev.pellucid.plugin.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConnectionRateTest {
  private static final String CLIENT = "10.1.0.2:1";

  // Any number may be the time of a clock.
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1000);

  @Test
  void afterABurstConnectionsPassAtTheRate() {
    ConnectionRate filter = create("rate = 10, burst = 3");
    assertEquals(3, accepted(filter, CLIENT, 5));
    advance(Duration.ofMillis(99));
    assertEquals(0, accepted(filter, CLIENT, 1));
    advance(Duration.ofMillis(1));
    assertEquals(1, accepted(filter, CLIENT, 2));
    advance(Duration.ofMillis(200));
    assertEquals(2, accepted(filter, CLIENT, 3));
    advance(Duration.ofHours(10));
    assertEquals(3, accepted(filter, CLIENT, 5));
  }

  @Test
  void theBurstIsTheRateUnlessSetOtherwise() {
    ConnectionRate filter = create("rate = 20, period = 1m");
    assertEquals(20, accepted(filter, CLIENT, 30));
    advance(Duration.ofSeconds(3));
    assertEquals(1, accepted(filter, CLIENT, 2));
  }

  @Test
  void clientsAreCountedEachForItself() {
    ConnectionRate filter = create("rate = 1, ipv4-prefix = 24");
    assertEquals(1, accepted(filter, "10.1.0.2:1", 2));
    assertEquals(0, accepted(filter, "10.1.0.3:1", 2));
    assertEquals(1, accepted(filter, "10.1.1.2:1", 2));
    assertEquals(1, accepted(filter, "[2001:db8::1]:1", 2));
    assertEquals(0, accepted(filter, "[2001:db8::2]:1", 2));
  }

  @Property(tries = 200)
  void neverMoreThanTheBurstAndWhatTheTimeBrings(
      @ForAll @IntRange(min = 1, max = 50) int rate,
      @ForAll @IntRange(min = 1, max = 50) int burst,
      @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 100) Integer> pauses) {
    ConnectionRate filter = create("rate = " + rate + ", burst = " + burst);
    int accepted = 0;
    long millis = 0;
    for (int pause : pauses) {
      millis += pause;
      advance(Duration.ofMillis(pause));
      accepted += accepted(filter, CLIENT, 2);
      // An interval is rounded down to nanoseconds, which brings one too many in ages.
      assertTrue(accepted <= burst + rate * millis / 1000 + 1);
    }
  }

  @Test
  void aClientAtItsLimitIsRememberedLongest() {
    ConnectionRate filter = create("rate = 20, size = 8");
    assertEquals(20, accepted(filter, CLIENT, 25));
    for (int other = 0; other < 1000; other++) {
      assertEquals(1, accepted(filter, "10.2." + other / 250 + "." + other % 250 + ":1", 1));
    }
    assertEquals(0, accepted(filter, CLIENT, 5));
  }

  @Test
  void aClientThatMayHaveItsBurstAgainMakesRoomFirst() {
    ConnectionRate filter = create("rate = 2, size = 8");
    for (int old = 0; old < 8; old++) {
      accepted(filter, "10.2.0." + old + ":1", 2);
    }
    advance(Duration.ofSeconds(1));
    for (int fresh = 0; fresh < 8; fresh++) {
      assertEquals(2, accepted(filter, "10.3.0." + fresh + ":1", 3));
    }
    for (int fresh = 0; fresh < 8; fresh++) {
      assertEquals(0, accepted(filter, "10.3.0." + fresh + ":1", 3));
    }
  }

  @Test
  void aTableThatIsNotFullForgetsFew() {
    ConnectionRate filter = create("rate = 1, size = 10000");
    int tooMany = 0;
    for (int round = 0; round < 2; round++) {
      for (int client = 0; client < 2500; client++) {
        tooMany += accepted(filter, "10.2." + client / 250 + "." + client % 250 + ":1", 1);
      }
    }
    // Three are to be expected; more than 60 are once in millions of runs.
    assertTrue(tooMany - 2500 <= 60, "accepted twice: " + (tooMany - 2500));
  }

  @Test
  void severalLoopsShareTheBurst() throws Exception {
    ConnectionRate filter = create("rate = 1000");
    accepted(filter, CLIENT, 1); // a client that is known has one place only
    AtomicInteger accepted = new AtomicInteger(1);
    List<CompletableFuture<Void>> loops = new ArrayList<>();
    for (int loop = 0; loop < 4; loop++) {
      loops.add(
          CompletableFuture.runAsync(() -> accepted.addAndGet(accepted(filter, CLIENT, 5000))));
    }
    for (CompletableFuture<Void> loop : loops) {
      loop.get();
    }
    assertEquals(1000, accepted.get());
  }

  @Test
  void theLargestSettingsDoNotOverflow() {
    ConnectionRate filter = create("rate = 1, period = 1h, burst = 1000000");
    assertEquals(1_000_000, accepted(filter, CLIENT, 1_000_005));
    advance(Duration.ofDays(365 * 50));
    assertEquals(438_000, accepted(filter, CLIENT, 438_005));
  }

  @Test
  void badSettingsAreReportedWithTheirPlace() {
    assertBad("period = 1s", "'rate': is missing");
    assertBad("rate = 0", "'rate': must be a whole number from 1 to 1000000");
    assertBad("rate = 5, period = 2h", "'period': must be from 1ms to 1h");
    assertBad("rate = 5, size = 7", "'size': must be a whole number from 8 to 10000000");
  }

  private void assertBad(String settings, String message) {
    ConfigException bad = assertThrows(ConfigException.class, () -> create(settings));
    assertTrue(bad.getMessage().contains(message), bad.getMessage());
  }

  private void advance(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private static int accepted(ConnectionRate filter, String client, int attempts) {
    int accepted = 0;
    for (int i = 0; i < attempts; i++) {
      if (filter.decide(FakeConnection.from(client)) == Verdict.accept()) {
        accepted++;
      }
    }
    return accepted;
  }

  private ConnectionRate create(String settings) {
    return ConnectionRate.read(new Settings(ConfigFactory.parseString(settings)), clock::get);
  }
}
