package dev.pellucid.plugin.roundrobin;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Selection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Hands out the turns of a round, over and over. */
final class Turns implements Selection {
  private final List<Upstream> round;
  private final AtomicLong turn = new AtomicLong();

  Turns(List<Upstream> round) {
    this.round = round;
  }

  /**
   * A turn that falls to an unusable upstream is used up, rather than given to its neighbour, which
   * would then carry the load of two.
   */
  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    for (int attempt = 0; attempt < round.size(); attempt++) {
      Upstream candidate = round.get((int) (turn.getAndIncrement() % round.size()));
      if (usable.test(candidate)) {
        return Optional.of(candidate);
      }
    }
    // Other loops may have had the turns of the usable upstreams in the meantime.
    return round.stream().filter(usable).findFirst();
  }
}
