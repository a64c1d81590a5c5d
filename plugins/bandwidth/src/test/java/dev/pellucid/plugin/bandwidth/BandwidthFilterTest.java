package dev.pellucid.plugin.bandwidth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Direction;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ClientNetworks;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BandwidthFilterTest {

  @Test
  void limitsTheDirectionsThatAreSet() {
    FakeConnection connection = passed(create("from-client = 1MiB"), "10.1.0.2:40000");
    Bandwidth limit = only(connection, Direction.FROM_CLIENT);
    assertEquals(1 << 20, limit.bytesPerSecond());
    assertEquals(104857, limit.burst());
    assertEquals(List.of(), connection.limits(Direction.FROM_UPSTREAM));
  }

  @Test
  void bothDirectionsMayBeLimited() {
    ConnectionFilter filter = create("from-client = 64KiB, from-upstream = 1MB, burst = 256KiB");
    FakeConnection connection = passed(filter, "10.1.0.2:40000");
    assertEquals(65536, only(connection, Direction.FROM_CLIENT).bytesPerSecond());
    assertEquals(262144, only(connection, Direction.FROM_CLIENT).burst());
    assertEquals(1_000_000, only(connection, Direction.FROM_UPSTREAM).bytesPerSecond());
    assertEquals(262144, only(connection, Direction.FROM_UPSTREAM).burst());
  }

  @Test
  void eachConnectionHasItsOwnByDefault() {
    ConnectionFilter filter = create("from-client = 1MiB");
    assertNotSame(
        only(passed(filter, "10.1.0.2:40000"), Direction.FROM_CLIENT),
        only(passed(filter, "10.1.0.2:40001"), Direction.FROM_CLIENT));
  }

  @Test
  void theConnectionsOfAClientShareIts() {
    ConnectionFilter filter = create("from-client = 1MiB, per = client");
    Bandwidth first = only(passed(filter, "10.1.0.2:40000"), Direction.FROM_CLIENT);
    assertSame(first, only(passed(filter, "10.1.0.2:40001"), Direction.FROM_CLIENT));
    assertNotSame(first, only(passed(filter, "10.1.0.3:40000"), Direction.FROM_CLIENT));
  }

  @Test
  void aClientIsANetwork() {
    String settings = "from-client = 1MiB, per = client";
    ConnectionFilter filter = create(settings);
    Bandwidth first = only(passed(filter, "[2001:db8::1]:40000"), Direction.FROM_CLIENT);
    assertSame(first, only(passed(filter, "[2001:db8::2:1]:40000"), Direction.FROM_CLIENT));
    assertNotSame(first, only(passed(filter, "[2001:db8:0:1::1]:40000"), Direction.FROM_CLIENT));
    ConnectionFilter coarse = create(settings + ", ipv4-prefix = 24");
    assertSame(
        only(passed(coarse, "10.1.0.2:40000"), Direction.FROM_CLIENT),
        only(passed(coarse, "10.1.0.3:40000"), Direction.FROM_CLIENT));
    assertRefused("from-client = 1MiB, ipv4-prefix = 24", Transport.TCP, "per = client only");
  }

  @Test
  void aClientIsForgottenWithItsLastConnection() {
    Clients clients =
        new Clients(
            new ClientNetworks(32, 64), Map.of(Direction.FROM_CLIENT, new Rate(1000, 1000)));
    FakeConnection first = FakeConnection.from("10.1.0.2:40000");
    FakeConnection second = FakeConnection.from("10.1.0.2:40001");
    Share share = clients.join(first);
    assertSame(share, clients.join(second));
    clients.join(FakeConnection.from("[2001:db8::1]:40000"));
    assertEquals(2, clients.size());
    first.close(Termination.COMPLETED);
    assertSame(share, clients.join(FakeConnection.from("10.1.0.2:40002")));
    second.close(Termination.COMPLETED);
    assertEquals(2, clients.size());
    FakeConnection last = FakeConnection.from("10.1.0.4:40000");
    clients.join(last);
    last.close(Termination.COMPLETED);
    assertEquals(2, clients.size());
  }

  @Test
  void allConnectionsOfAListenerMayShare() {
    ConnectionFilter filter = create("from-upstream = 1MiB, per = listener");
    assertSame(
        only(passed(filter, "10.1.0.2:40000"), Direction.FROM_UPSTREAM),
        only(passed(filter, "10.1.0.3:40000"), Direction.FROM_UPSTREAM));
  }

  @Test
  void nothingToLimitIsAMistake() {
    assertRefused("per = client", Transport.TCP, "set from-client or from-upstream");
  }

  @Test
  void aBurstHasToLastUntilTheNextLook() {
    assertRefused("from-client = 1MB, burst = 19999", Transport.TCP, "at least a 50th");
    create("from-client = 1MB, burst = 20000");
  }

  @Test
  void aBurstHasRoomForAnyDatagram() {
    assertRefused("from-client = 1MB, burst = 32KiB", Transport.UDP, "64KiB with udp");
    create("from-client = 1kB", Transport.UDP);
  }

  @Test
  void whatCannotBeIsReportedWithItsLine() {
    ConfigException.BadValue refused =
        assertThrows(
            ConfigException.BadValue.class, () -> create("from-client = 1MB\nper = address"));
    assertEquals(2, refused.origin().lineNumber());
    assertTrue(refused.getMessage().contains("connection, client or listener"));
    assertRefused("from-client = 0", Transport.TCP, "above zero");
    assertRefused("from-client = 2TiB", Transport.TCP, "at most 1TiB");
    assertRefused("from-client = 1MB, burst = 9GiB", Transport.TCP, "at most 8GiB");
  }

  @Test
  void saysWhichKeysItKnows() {
    assertEquals("bandwidth", factory().type());
    assertEquals(
        Set.of("from-client", "from-upstream", "burst", "per", "ipv4-prefix", "ipv6-prefix"),
        factory().keys());
  }

  private static void assertRefused(String settings, Transport transport, String why) {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> create(settings, transport));
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  private static FakeConnection passed(ConnectionFilter filter, String client) {
    FakeConnection connection = FakeConnection.from(client);
    assertEquals(Verdict.accept(), filter.decide(connection));
    return connection;
  }

  private static Bandwidth only(FakeConnection connection, Direction direction) {
    assertEquals(1, connection.limits(direction).size());
    return connection.limits(direction).get(0);
  }

  private static ConnectionFilter create(String settings) {
    return create(settings, Transport.TCP);
  }

  private static ConnectionFilter create(String settings, Transport transport) {
    return factory()
        .create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("web", transport, Set.of()));
  }

  private static ConnectionFilterFactory factory() {
    return ServiceLoader.load(ProxyPlugin.class)
        .findFirst()
        .orElseThrow()
        .connectionFilters()
        .get(0);
  }
}
