package dev.pellucid.api.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Upstream;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class WeightedDrawTest {
  private static final int DRAWS = 100_000;

  @Property(tries = 30)
  void eachIsDrawnAsOftenAsItsWeightSays(
      @ForAll @Size(min = 1, max = 50) List<@IntRange(min = 1) Integer> weights) {
    WeightedDraw draw = new WeightedDraw(pool(weights));
    int[] drawn = new int[weights.size()];
    IntStream.range(0, DRAWS).forEach(i -> drawn[draw.any()]++);
    double sum = weights.stream().mapToDouble(Integer::doubleValue).sum();
    for (int i = 0; i < drawn.length; i++) {
      assertEquals(weights.get(i) / sum * DRAWS, drawn[i], DRAWS * 0.01);
    }
  }

  /** The first is not usable, and has nearly all the weight: darts do not find the others. */
  @Property(tries = 10)
  void amongFewThatAreUsableToo(
      @ForAll @Size(min = 2, max = 10) List<@IntRange(min = 1, max = 10) Integer> weights) {
    List<Upstream> pool = pool(weights);
    Upstream heavy = new Upstream(Addresses.parse("10.3.0.1:80"), Integer.MAX_VALUE);
    WeightedDraw draw =
        new WeightedDraw(
            IntStream.range(-1, pool.size()).mapToObj(i -> i < 0 ? heavy : pool.get(i)).toList());
    int[] drawn = new int[weights.size() + 1];
    IntStream.range(0, DRAWS / 10)
        .forEach(i -> drawn[draw.any(upstream -> !upstream.equals(heavy)).orElseThrow()]++);
    double sum = weights.stream().mapToInt(Integer::intValue).sum();
    assertEquals(0, drawn[0]);
    for (int i = 0; i < weights.size(); i++) {
      assertEquals(weights.get(i) / sum * DRAWS / 10, drawn[i + 1], DRAWS * 0.004);
    }
  }

  @Property(tries = 10)
  void noneIsDrawnWhereNoneIsUsable(
      @ForAll @Size(min = 1, max = 10) List<@IntRange(min = 1) Integer> weights) {
    OptionalInt drawn = new WeightedDraw(pool(weights)).any(upstream -> false);
    assertTrue(drawn.isEmpty());
  }

  private static List<Upstream> pool(List<Integer> weights) {
    return IntStream.range(0, weights.size())
        .mapToObj(i -> new Upstream(Addresses.parse("10.2.0." + (i + 1) + ":80"), weights.get(i)))
        .toList();
  }
}
