package com.example.pellucid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.pellucid.testkit.FakeConnection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Selection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final List<Upstream> POOL =
      IntStream.range(0, 10)
          .mapToObj(i -> Upstream.of(new InetSocketAddress("10.2.0." + i, 80)))
          .toList();

  private final Selection selection = new Rendezvous(0).over(POOL);

  @Test
  void clientsStayUnlessTheirUpstreamFails() {
    Upstream failed = POOL.get(3);
    for (int i = 0; i < 250; i++) {
      String client = "10.1.0." + i;
      Upstream chosen = choose(client, upstream -> true);
      Upstream then = choose(client, upstream -> !upstream.equals(failed));
      if (chosen.equals(failed)) {
        assertNotEquals(failed, then);
      } else {
        assertEquals(chosen, then);
      }
    }
  }

  @Test
  void everyUpstreamHasClients() {
    assertEquals(
        POOL.size(),
        IntStream.range(0, 250)
            .mapToObj(i -> choose("10.1.0." + i, upstream -> true))
            .distinct()
            .count());
  }

  @Test
  void withoutAUsableUpstreamThereIsNone() {
    assertEquals(
        Optional.empty(),
        selection.select(FakeConnection.create(), upstream -> false));
  }

  private Upstream choose(String client, Predicate<Upstream> usable) {
    return selection.select(FakeConnection.from(client + ":40000"), usable).orElseThrow();
  }
}
