package dev.pellucid.sample.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  @Test
  void theMedianOfAnOddNumberIsTheOneInTheMiddle() {
    assertEquals(2, Statistics.median(List.of(9.0, 1.0, 2.0)));
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
    assertEquals(2.5, Statistics.median(List.of(9.0, 1.0, 2.0, 3.0)));
  }

  @Test
  void nothingHasNoMedian() {
    assertThrows(IllegalArgumentException.class, () -> Statistics.median(List.of()));
  }

  @Test
  void aPercentileIsOneOfTheValues() {
    long[] values = LongStream.rangeClosed(1, 200).toArray();

    assertEquals(100, Statistics.percentile(values, 0.50));
    assertEquals(198, Statistics.percentile(values, 0.99));
    assertEquals(200, Statistics.percentile(values, 1.00));
    assertEquals(7, Statistics.percentile(new long[] {7}, 0.99));
  }

  @Test
  void aSpreadTellsMedianAndExtremes() {
    assertEquals("0.80 (0.75–1.25)", Spread.of(List.of(1.25, 0.75, 0.8)).toString());
  }
}
