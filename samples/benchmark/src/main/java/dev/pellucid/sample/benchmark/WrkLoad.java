package dev.pellucid.sample.benchmark;

import java.util.List;
import java.util.Map;

/**
 * As many requests as there can be.
 *
 * @param connections how many at a time
 * @param options for wrk
 * @param cpu the peer's CPU time for each
 * @param rate how many there were per second
 */
record WrkLoad(int connections, int seconds, List<String> options, Metric cpu, Metric rate)
    implements Load {
  private static final int CONNECTIONS = 50;

  /** Over connections that stay. */
  static WrkLoad keepAlive(int seconds) {
    return new WrkLoad(CONNECTIONS, seconds, List.of(), Metric.REQUEST_CPU, Metric.REQUEST_RATE);
  }

  /** Each over a connection of its own. */
  static WrkLoad newConnections(int seconds) {
    return new WrkLoad(
        CONNECTIONS,
        seconds,
        List.of("-H", "Connection: close"),
        Metric.CONNECTION_CPU,
        Metric.CONNECTION_RATE);
  }

  WrkLoad withConnections(int newConnections) {
    return new WrkLoad(newConnections, seconds, options, cpu, rate);
  }

  @Override
  public String toString() {
    return "wrk -c%d -d%ds %s".formatted(connections, seconds, String.join(" ", options)).strip();
  }

  @Override
  public Map<Metric, Double> measure(RunningPeer peer, Site site) throws Exception {
    CpuTime before = CpuTime.of(peer.worker());
    Wrk wrk = Wrk.run(site, peer.url("/"), connections, seconds, options.toArray(String[]::new));
    double nanos = CpuTime.of(peer.worker()).nanosSince(before);
    return Map.of(cpu, nanos / 1e3 / wrk.requests(), rate, wrk.perSecond());
  }
}
