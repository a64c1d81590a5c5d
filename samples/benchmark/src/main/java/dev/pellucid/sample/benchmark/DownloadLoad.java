package dev.pellucid.sample.benchmark;

import java.util.Map;

/** One large file. */
record DownloadLoad() implements Load {
  private static final int LIMIT_SECONDS = 60;

  @Override
  public Map<Metric, Double> measure(RunningPeer peer, Site site) throws Exception {
    CpuTime before = CpuTime.of(peer.worker());
    site.onClient(LIMIT_SECONDS, "curl", "-sf", "-o", "/dev/null", peer.url(Origin.LARGE_FILE));
    return Map.of(Metric.GIB_CPU, CpuTime.of(peer.worker()).nanosSince(before) / 1e6);
  }
}
