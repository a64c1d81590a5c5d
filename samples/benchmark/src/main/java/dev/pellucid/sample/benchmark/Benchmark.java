package dev.pellucid.sample.benchmark;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Everything, in the order in which it happens. */
record Benchmark(Site site, Plan plan, List<Peer> peers) {
  private static final int BACKLOG = 16_384;
  private static final int MOST_PER_SECOND = 20_000;

  /** What brings the origin's replies to all peers, also to those that intercept nothing. */
  private static final Set<Divert> DIVERTS =
      Set.of(new Divert(IpFamily.IPV4, Transport.TCP), new Divert(IpFamily.IPV4, Transport.UDP));

  /**
   * What came out.
   *
   * @param samples the values
   * @param rate the requests per second of the latency test
   */
  record Outcome(Samples samples, int rate) {}

  Outcome perform() throws Exception {
    for (LabHost host : site.net().hosts()) {
      host.sysctl("net.core.somaxconn", BACKLOG);
      host.sysctl("net.ipv4.tcp_max_syn_backlog", BACKLOG);
    }
    List<Lane> lanes = IntStream.range(0, peers.size()).mapToObj(Lane::of).toList();
    Origin.start(site, lanes);
    UdpOrigin.start(site, lanes);
    site.net().apply(FirewallTool.NFT, rules(lanes));
    Samples samples = new Samples();
    IdleTest idle = new IdleTest(site, plan, samples);
    for (int i = 0; i < peers.size(); i++) {
      idle.perform(peers.get(i), lanes.get(i));
    }
    return new Outcome(samples, sideBySide(lanes, samples));
  }

  private Rules rules(List<Lane> lanes) {
    List<Intercept> intercepts =
        IntStream.range(0, peers.size())
            .filter(i -> peers.get(i).id().role().intercepts())
            .boxed()
            .flatMap(i -> intercepts(peers.get(i), lanes.get(i)))
            .toList();
    return Rules.of(intercepts).withDiverts(DIVERTS);
  }

  private static Stream<Intercept> intercepts(Peer peer, Lane lane) {
    InetSocketAddress listener = new InetSocketAddress("0.0.0.0", lane.listener());
    String name = "lane" + lane.listener();
    List<PortRange> ports = List.of(PortRange.of(lane.origin()));
    Intercept tcp = Intercept.tcp(name, listener, ports);
    Intercept udp = Intercept.udp(name, listener, ports);
    return (peer.relaysUdp() ? Stream.of(tcp, udp) : Stream.of(tcp))
        .map(intercept -> intercept.withInterfaces(List.of(LabNetwork.CLIENT_INTERFACE)));
  }

  private int sideBySide(List<Lane> lanes, Samples samples) throws Exception {
    List<RunningPeer> running = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      running.add(RunningPeer.start(peers.get(i), lanes.get(i), site));
    }
    int rate = warmUp(running);
    Rounds rounds = new Rounds(running, site, samples);
    WrkLoad keepAlive = WrkLoad.keepAlive(plan.seconds());
    rounds.repeat(
        plan.rounds(),
        List.of(
            keepAlive,
            WrkLoad.newConnections(plan.seconds()),
            new DownloadLoad(),
            new PacedLoad(rate, plan.seconds()),
            new QueryLoad(plan.seconds())));
    rounds.concurrency(plan.slowRounds(), WrkLoad.keepAlive(plan.concurrencySeconds()));
    return rate;
  }

  /** Returns half of what the slowest peer can do. */
  private int warmUp(List<RunningPeer> running) throws Exception {
    double slowest = 2.0 * MOST_PER_SECOND;
    for (RunningPeer peer : running) {
      Progress.say("warming up " + peer.id());
      slowest = Math.min(slowest, new WarmUp(plan.warmUpSeconds()).perform(peer, site));
    }
    int rate = Math.max(100, (int) (slowest / 2) / 100 * 100);
    for (RunningPeer peer : running) {
      new PacedLoad(rate, plan.warmUpSeconds()).measure(peer, site);
    }
    return rate;
  }
}
