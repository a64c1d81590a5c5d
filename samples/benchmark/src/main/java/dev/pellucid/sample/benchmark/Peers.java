package dev.pellucid.sample.benchmark;

import java.util.List;

/** Everything that is measured, in the order of the rounds. */
final class Peers {
  private Peers() {}

  static List<Peer> all() {
    return List.of(
        new PellucidPeer(Role.TPROXY),
        new HaproxyPeer(Role.TPROXY),
        new PellucidPeer(Role.REVERSE),
        new HaproxyPeer(Role.REVERSE),
        new NginxStreamPeer(),
        SdkPeer.PELLUCID_BYTES,
        SdkPeer.PEKKO);
  }
}
