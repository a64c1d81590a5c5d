package dev.pellucid.sample.benchmark;

import java.util.Map;

/** A relay of stock Pekko {@code Tcp} streams, see {@link PekkoRelay}. */
record PekkoPeer() implements Peer {
  @Override
  public PeerId id() {
    return new PeerId(Role.SDK, "Pekko Tcp, stock");
  }

  @Override
  public boolean java() {
    return true;
  }

  @Override
  public Process start(Lane lane, Site site) throws Exception {
    return site.start(
        site.net().proxy(),
        "pekko.log",
        Map.of(),
        Site.java("java").toString(),
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
        "-Dpekko.loglevel=WARNING",
        "-Xms64m",
        "-Xmx1g",
        "-cp",
        System.getProperty("java.class.path"),
        PekkoRelay.class.getName(),
        Integer.toString(lane.listener()));
  }
}
