package dev.pellucid.api.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.OpenConnections.Count;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenConnectionsTest {
  private static final Upstream ONE = Upstream.of(Addresses.parse("10.2.0.1:80"));
  private static final Upstream OTHER = Upstream.of(Addresses.parse("10.2.0.2:80"));

  private final OpenConnections connections = new OpenConnections();

  @Test
  void anUpstreamIsItsAddress() {
    connections.opened(ONE);
    assertEquals(1, connections.of(List.of(new Upstream(ONE.address(), 7))).get(0).open());
  }

  @Test
  void anUpstreamThatIsGoneIsForgottenOnceItHasNoConnection() {
    Count busy = connections.of(List.of(OTHER, ONE)).get(1);
    connections.opened(ONE);
    assertEquals(1, busy.position());

    connections.of(List.of(OTHER));
    assertSame(busy, connections.closed(ONE));
    assertEquals(0, busy.open());
    connections.of(List.of(OTHER));
    assertNotSame(busy, connections.opened(ONE));
    assertEquals(1, connections.of(List.of(ONE)).get(0).open());
  }

  @Test
  void whatWasNotCountedCannotBeClosed() {
    assertThrows(IllegalStateException.class, () -> connections.closed(ONE));
  }

  @Test
  void noneIsLostWhileThePoolChanges() throws Exception {
    List<CompletableFuture<Void>> loops =
        IntStream.range(0, 3)
            .mapToObj(i -> CompletableFuture.runAsync(this::openAndClose))
            .toList();
    for (int i = 0; i < 10_000; i++) {
      connections.of(List.of(i % 2 == 0 ? ONE : OTHER));
    }
    for (CompletableFuture<Void> loop : loops) {
      loop.get(60, TimeUnit.SECONDS);
    }
    connections.of(List.of(ONE, OTHER)).forEach(count -> assertEquals(1_500, count.open()));
  }

  private void openAndClose() {
    for (int i = 0; i < 50_000; i++) {
      connections.opened(ONE);
      connections.opened(OTHER);
      if (i % 100 != 0) {
        connections.closed(ONE);
        connections.closed(OTHER);
      }
    }
  }
}
