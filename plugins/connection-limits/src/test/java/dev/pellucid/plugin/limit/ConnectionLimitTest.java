package dev.pellucid.plugin.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Termination;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {

  @Test
  void acceptsSoManyOpenConnectionsOfAClient() {
    ConnectionLimit filter = create("connections = 2");
    FakeConnection first = FakeConnection.from("10.1.0.2:1");
    assertEquals(Verdict.accept(), filter.decide(first));
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("10.1.0.2:2")));
    assertEquals(Verdict.reject(), filter.decide(FakeConnection.from("10.1.0.2:3")));
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("10.1.0.3:3")));
    first.close(Termination.COMPLETED);
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("10.1.0.2:4")));
    assertEquals(Verdict.reject(), filter.decide(FakeConnection.from("10.1.0.2:5")));
  }

  @Test
  void aRejectedConnectionReleasesNothing() {
    ConnectionLimit filter = create("connections = 1");
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("10.1.0.2:1")));
    FakeConnection rejected = FakeConnection.from("10.1.0.2:2");
    assertEquals(Verdict.reject(), filter.decide(rejected));
    rejected.close(Termination.COMPLETED);
    assertEquals(Verdict.reject(), filter.decide(FakeConnection.from("10.1.0.2:3")));
  }

  @Test
  void aClientWithoutConnectionsIsForgotten() {
    ConnectionLimit filter = create("connections = 5");
    List<FakeConnection> open = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      open.add(FakeConnection.from("10.1.0.2:" + (1 + i)));
      filter.decide(open.get(i));
    }
    assertEquals(1, filter.clients());
    open.forEach(connection -> connection.close(Termination.COMPLETED));
    assertEquals(0, filter.clients());
  }

  @Test
  void aClientIsANetwork() {
    ConnectionLimit filter = create("connections = 1, ipv4-prefix = 24, ipv6-prefix = 56");
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("10.1.0.2:1")));
    assertEquals(Verdict.reject(), filter.decide(FakeConnection.from("10.1.0.3:1")));
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("10.1.1.2:1")));
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("[2001:db8:0:1::1]:1")));
    assertEquals(Verdict.reject(), filter.decide(FakeConnection.from("[2001:db8:0:ff::1]:1")));
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("[2001:db8:0:100::1]:1")));
  }

  @Test
  void anIpv6ClientIsA64UnlessSetOtherwise() {
    ConnectionLimit filter = create("connections = 1");
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("[2001:db8::1]:1")));
    assertEquals(Verdict.reject(), filter.decide(FakeConnection.from("[2001:db8::2:2]:1")));
    assertEquals(Verdict.accept(), filter.decide(FakeConnection.from("[2001:db8:0:1::1]:1")));
  }

  @Test
  void severalLoopsNeverExceedTheLimitAndLeaveNothing() throws Exception {
    int most = 3;
    ConnectionLimit filter = create("connections = " + most);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger accepted = new AtomicInteger();
    List<CompletableFuture<Void>> loops = new ArrayList<>();
    for (int loop = 0; loop < 4; loop++) {
      loops.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  FakeConnection connection = FakeConnection.from("10.1.0.2:1");
                  if (filter.decide(connection) == Verdict.accept()) {
                    accepted.incrementAndGet();
                    assertTrue(open.incrementAndGet() <= most);
                    open.decrementAndGet();
                  }
                  connection.close(Termination.COMPLETED);
                }
              }));
    }
    for (CompletableFuture<Void> loop : loops) {
      loop.get();
    }
    assertTrue(accepted.get() > 0);
    assertEquals(0, filter.clients());
  }

  @Test
  void theLimitIsRequired() {
    ConfigException missing = assertThrows(ConfigException.class, () -> create("ipv4-prefix = 8"));
    assertTrue(missing.getMessage().contains("'connections': is missing"), missing.getMessage());
  }

  @Test
  void badSettingsAreReportedWithTheirLine() {
    ConfigException bad =
        assertThrows(ConfigException.class, () -> create("connections = 1\nipv4-prefix = 33"));
    assertEquals(2, bad.origin().lineNumber());
  }

  private static ConnectionLimit create(String settings) {
    return ConnectionLimit.read(new Settings(ConfigFactory.parseString(settings)));
  }
}
