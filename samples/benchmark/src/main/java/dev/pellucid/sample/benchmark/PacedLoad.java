package dev.pellucid.sample.benchmark;

import java.util.Arrays;
import java.util.Map;

/**
 * Requests at a fixed rate, whether or not the peer keeps up.
 *
 * @param rate requests per second
 */
record PacedLoad(int rate, int seconds) implements Load {
  private static final int CONNECTIONS = 32;

  @Override
  public Map<Metric, Double> measure(RunningPeer peer, Site site) throws Exception {
    long[] nanos =
        site.net()
            .client()
            .call(
                () -> {
                  try (PacedClient client = PacedClient.connect(peer.target(), CONNECTIONS)) {
                    return client.run(rate, seconds);
                  }
                });
    Arrays.sort(nanos);
    return Map.of(
        Metric.LATENCY_P50, Statistics.percentile(nanos, 0.50) / 1e3,
        Metric.LATENCY_P99, Statistics.percentile(nanos, 0.99) / 1e3);
  }
}
