package dev.pellucid.javadsl;

import dev.pellucid.lab.LabHost;

/** A port that answers nothing at all. */
final class Silence {
  private Silence() {}

  static void on(LabHost host, int port) throws Exception {
    host.exec("nft", "add table ip silence");
    host.exec("nft", "add chain ip silence in { type filter hook input priority 0; }");
    host.exec("nft", "add rule ip silence in tcp dport " + port + " drop");
  }
}
