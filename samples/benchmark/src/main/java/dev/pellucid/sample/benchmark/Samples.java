package dev.pellucid.sample.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;

/** Every value that was measured, by round, and what went wrong. */
final class Samples {
  /** The level of what has no levels. */
  static final int ANY = 0;

  private record Series(PeerId peer, Metric metric, int level) {}

  private final Map<Series, Map<Integer, Double>> values = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * Notes a value.
   *
   * @param level how many connections there were, where that is what varies
   */
  void add(PeerId peer, Metric metric, int level, int round, double value) {
    values.computeIfAbsent(new Series(peer, metric, level), s -> new TreeMap<>()).put(round, value);
  }

  void fail(String what) {
    failures.add(what);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  private Map<Integer, Double> of(PeerId peer, Metric metric, int level) {
    return values.getOrDefault(new Series(peer, metric, level), Map.of());
  }

  OptionalDouble median(PeerId peer, Metric metric, int level) {
    Map<Integer, Double> rounds = of(peer, metric, level);
    return rounds.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Statistics.median(rounds.values()));
  }

  /** One peer's values as parts of another's, round by round. */
  Optional<Spread> ratio(PeerId peer, PeerId other, Metric metric, int level) {
    return combined(of(peer, metric, level), of(other, metric, level), (a, b) -> a / b);
  }

  /** A peer's values at one level as parts of those at another, round by round. */
  Optional<Spread> growth(PeerId peer, Metric metric, int level, int base) {
    return combined(of(peer, metric, level), of(peer, metric, base), (a, b) -> a / b);
  }

  /** What each connection adds to a peer's values, from one level to another, round by round. */
  Optional<Spread> perConnection(PeerId peer, Metric metric, int level, int base) {
    int more = level - base;
    return combined(of(peer, metric, level), of(peer, metric, base), (a, b) -> (a - b) / more);
  }

  private static Optional<Spread> combined(
      Map<Integer, Double> ones, Map<Integer, Double> others, DoubleBinaryOperator operator) {
    List<Double> results = new ArrayList<>();
    ones.forEach(
        (round, value) -> {
          Double other = others.get(round);
          if (other != null) {
            results.add(operator.applyAsDouble(value, other));
          }
        });
    return results.isEmpty() ? Optional.empty() : Optional.of(Spread.of(results));
  }
}
