package dev.pellucid.sample.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static final PeerId OURS = PeerId.subject(Role.TPROXY);
  private static final PeerId THEIRS = new PeerId(Role.TPROXY, "HAProxy");

  private final Samples samples = new Samples();

  @Test
  void ratiosAreOfTheSameRound() {
    samples.add(OURS, Metric.REQUEST_CPU, Samples.ANY, 1, 4);
    samples.add(OURS, Metric.REQUEST_CPU, Samples.ANY, 2, 6);
    samples.add(OURS, Metric.REQUEST_CPU, Samples.ANY, 3, 1);
    samples.add(THEIRS, Metric.REQUEST_CPU, Samples.ANY, 2, 12);
    samples.add(THEIRS, Metric.REQUEST_CPU, Samples.ANY, 3, 1);

    assertEquals(
        Optional.of(new Spread(0.75, 0.5, 1)),
        samples.ratio(OURS, THEIRS, Metric.REQUEST_CPU, Samples.ANY));
  }

  @Test
  void whatAConnectionAddsIsTheDifference() {
    samples.add(OURS, Metric.IDLE_MEMORY, 10, 1, 1000);
    samples.add(OURS, Metric.IDLE_MEMORY, 9000, 1, 9990);

    assertEquals(
        Optional.of(new Spread(1, 1, 1)),
        samples.perConnection(OURS, Metric.IDLE_MEMORY, 9000, 10));
  }

  @Test
  void whatWasNotMeasuredHasNoMedian() {
    assertEquals(OptionalDouble.empty(), samples.median(OURS, Metric.GIB_CPU, Samples.ANY));
    assertEquals(Optional.empty(), samples.growth(OURS, Metric.IDLE_REQUEST_CPU, 9000, 10));
  }
}
