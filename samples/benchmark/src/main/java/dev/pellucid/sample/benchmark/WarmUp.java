package dev.pellucid.sample.benchmark;

import java.util.Map;

/** Makes a peer as fast as it gets: the JIT compiler needs some seconds of each load. */
record WarmUp(int seconds) {

  /** Puts all loads on a peer and returns how many requests per second it answered in the end. */
  double perform(RunningPeer peer, Site site) throws Exception {
    Map<Metric, Double> last = Map.of();
    for (int i = 0; i < 2; i++) {
      WrkLoad.newConnections(seconds).measure(peer, site);
      new DownloadLoad().measure(peer, site);
      new QueryLoad(seconds).measure(peer, site);
      last = WrkLoad.keepAlive(seconds).measure(peer, site);
    }
    return last.getOrDefault(Metric.REQUEST_RATE, 0.0);
  }
}
