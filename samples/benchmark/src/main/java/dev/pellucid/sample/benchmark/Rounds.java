package dev.pellucid.sample.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Puts loads on peers, one after the other, and notes the results. */
record Rounds(List<RunningPeer> peers, Site site, Samples samples) {

  /** Peer after peer for each load, so that what they are compared by is close in time. */
  void repeat(int rounds, List<Load> loads) throws Exception {
    for (int round = 1; round <= rounds; round++) {
      Progress.say("round " + round + " of " + rounds);
      for (Load load : loads) {
        for (RunningPeer peer : peers) {
          note(peer, load, round);
        }
      }
    }
  }

  private void note(RunningPeer peer, Load load, int round) throws Exception {
    measure(peer, load, round)
        .forEach((metric, value) -> samples.add(peer.id(), metric, Samples.ANY, round, value));
  }

  /** The cost of a request at growing concurrency. */
  void concurrency(int rounds, WrkLoad load) throws Exception {
    for (int round = 1; round <= rounds; round++) {
      for (int connections : Plan.CONCURRENT) {
        Progress.say("round " + round + " of " + rounds + ": " + connections + " connections");
        for (RunningPeer peer : peers) {
          noteConcurrency(peer, load.withConnections(connections), round);
        }
      }
    }
  }

  private void noteConcurrency(RunningPeer peer, WrkLoad load, int round) throws Exception {
    Double cost = measure(peer, load, round).get(load.cpu());
    if (cost != null) {
      Metric metric = Metric.CONCURRENT_REQUEST_CPU;
      samples.add(peer.id(), metric, load.connections(), round, cost);
    }
  }

  // One failure does not make the hours before it worthless. It stands in the report.
  private Map<Metric, Double> measure(RunningPeer peer, Load load, int round) throws Exception {
    try {
      return load.measure(peer, site);
    } catch (IOException | UncheckedIOException e) {
      String failure = peer.id() + ", round " + round + ", " + load + ": " + e.getMessage();
      Progress.say(failure);
      samples.fail(failure);
      return Map.of();
    }
  }
}
