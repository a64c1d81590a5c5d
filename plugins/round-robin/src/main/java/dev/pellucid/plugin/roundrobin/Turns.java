package dev.pellucid.plugin.roundrobin;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.api.balance.WeightedDraw;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Hands out the turns of a round, over and over. */
final class Turns implements Selection {
  /** A round can have 65,536 turns, and nearly all of them can fall to unusable upstreams. */
  private static final int MAX_ATTEMPTS = 1_000;

  private final List<Upstream> pool;
  private final List<Upstream> round;
  private final WeightedDraw otherwise;
  private final AtomicLong turn = new AtomicLong();

  Turns(List<Upstream> pool) {
    this.pool = pool;
    this.round = Rounds.smooth(pool);
    this.otherwise = new WeightedDraw(pool);
  }

  /**
   * A turn that falls to an unusable upstream is used up, rather than given to its neighbour, which
   * would then carry the load of two.
   */
  @Override
  public Optional<Upstream> select(Connection connection, Predicate<Upstream> usable) {
    for (int attempt = 0; attempt < Math.min(round.size(), MAX_ATTEMPTS); attempt++) {
      Upstream candidate = round.get((int) (turn.getAndIncrement() % round.size()));
      if (usable.test(candidate)) {
        return Optional.of(candidate);
      }
    }
    // Other loops may have had the turns of the usable upstreams in the meantime.
    OptionalInt drawn = otherwise.any(usable);
    return drawn.isPresent() ? Optional.of(pool.get(drawn.getAsInt())) : Optional.empty();
  }
}
