package dev.pellucid.sample.benchmark;

import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds how often each load is repeated
 * @param slowRounds how often what takes long is repeated: idle connections and concurrency
 * @param seconds how long each load lasts
 * @param concurrencySeconds how long each load lasts that shows the cost of concurrency; longer, as
 *     opening that many connections is a part of it
 * @param warmUpSeconds how long each load lasts before the first round
 */
record Plan(int rounds, int slowRounds, int seconds, int concurrencySeconds, int warmUpSeconds) {
  static final int FEW_IDLE = 10;
  static final int MANY_IDLE = 9_000;
  static final List<Integer> IDLE = List.of(FEW_IDLE, 1_000, MANY_IDLE);
  static final List<Integer> CONCURRENT = List.of(1, 10, 100, 1_000, 4_000);

  private static final int MOST_SLOW_ROUNDS = 3;
  private static final int WARM_UP_SECONDS = 6;

  static Plan of(int rounds, int seconds) {
    return new Plan(
        rounds, Math.min(rounds, MOST_SLOW_ROUNDS), seconds, 2 * seconds, WARM_UP_SECONDS);
  }

  /** To see whether it works; the numbers mean little. */
  static Plan quick() {
    return new Plan(2, 1, 1, 2, 2);
  }
}
