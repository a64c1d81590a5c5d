package dev.pellucid.sample.benchmark;

import java.io.IOException;
import java.util.Map;

/**
 * As many UDP queries as there can be, of which each is a session of its own: it has one answer.
 */
record QueryLoad(int seconds) implements Load {
  private static final int SOCKETS = 64;
  private static final double MOST_LOST = 0.01;

  @Override
  public Map<Metric, Double> measure(RunningPeer peer, Site site) throws Exception {
    if (!peer.peer().relaysUdp()) {
      return Map.of();
    }
    CpuTime before = CpuTime.of(peer.worker());
    QueryClient.Outcome outcome = ask(peer, site);
    double nanos = CpuTime.of(peer.worker()).nanosSince(before);
    requireAnswers(outcome);
    return Map.of(
        Metric.QUERY_CPU, nanos / 1e3 / outcome.answered(),
        Metric.QUERY_RATE, (double) outcome.answered() / seconds);
  }

  private QueryClient.Outcome ask(RunningPeer peer, Site site) throws Exception {
    return site.net()
        .client()
        .call(
            () -> {
              try (QueryClient client = QueryClient.open(peer.target(), SOCKETS)) {
                return client.run(seconds);
              }
            });
  }

  // A few may be lost on a busy host, as datagrams are.
  private static void requireAnswers(QueryClient.Outcome outcome) throws IOException {
    int all = outcome.answered() + outcome.lost();
    if (outcome.lost() > all * MOST_LOST) {
      throw new IOException("%,d of %,d queries were lost".formatted(outcome.lost(), all));
    }
  }
}
