package dev.pellucid.sample.benchmark;

import java.io.IOException;

/**
 * What connections cost on which nothing happens. Each peer is started anew, for old memory hides
 * new needs.
 */
record IdleTest(Site site, Plan plan, Samples samples) {

  void perform(Peer peer, Lane lane) throws Exception {
    for (int round = 1; round <= plan.slowRounds(); round++) {
      Progress.say("idle connections, round " + round + ": " + peer.id());
      try (RunningPeer running = RunningPeer.start(peer, lane, site)) {
        perform(running, round);
      }
    }
  }

  private void perform(RunningPeer peer, int round) throws Exception {
    try (IdleConnections connections = new IdleConnections(peer, site)) {
      if (peer.peer().java()) {
        new WarmUp(plan.warmUpSeconds()).perform(peer, site);
      }
      for (int count : Plan.IDLE) {
        connections.growTo(count);
        memory(peer, count, round);
        cost(peer, count, round);
      }
    } catch (IOException e) {
      samples.fail(peer.id() + ", idle connections, round " + round + ": " + e.getMessage());
    }
  }

  private void memory(RunningPeer peer, int count, int round) throws Exception {
    if (peer.peer().java()) {
      Memory.collect(peer.worker());
      samples.add(peer.id(), Metric.IDLE_HEAP, count, round, Memory.heap(peer.worker()));
    }
    samples.add(peer.id(), Metric.IDLE_MEMORY, count, round, Memory.resident(peer.worker()));
  }

  private void cost(RunningPeer peer, int count, int round) throws Exception {
    WrkLoad load = WrkLoad.keepAlive(plan.seconds());
    Double cost = load.measure(peer, site).get(load.cpu());
    if (cost != null) {
      samples.add(peer.id(), Metric.IDLE_REQUEST_CPU, count, round, cost);
    }
  }
}
