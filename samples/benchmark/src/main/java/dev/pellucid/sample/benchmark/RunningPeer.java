package dev.pellucid.sample.benchmark;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A peer that accepts connections.
 *
 * @param peer what it is
 * @param lane its ports
 * @param target what clients connect to
 * @param process what was started
 * @param worker the process that relays
 */
record RunningPeer(
    Peer peer, Lane lane, InetSocketAddress target, Process process, ProcessHandle worker)
    implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 3;

  static RunningPeer start(Peer peer, Lane lane, Site site) throws Exception {
    Process process = peer.start(lane, site);
    site.net().proxy().awaitListening(lane.listener());
    InetSocketAddress target = lane.target(peer.id().role(), site.net());
    return new RunningPeer(peer, lane, target, process, peer.worker(process));
  }

  PeerId id() {
    return peer.id();
  }

  String url(String path) {
    return "http://" + Site.text(target) + path;
  }

  @Override
  public void close() throws InterruptedException {
    ProcessHandle master = process.toHandle();
    master.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
