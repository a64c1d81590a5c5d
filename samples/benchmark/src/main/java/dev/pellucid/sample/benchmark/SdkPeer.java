package dev.pellucid.sample.benchmark;

import java.util.Map;

/**
 * A proxy in Java, in a JVM of its own.
 *
 * @param name what it is
 * @param program its main class, which takes the port to listen on
 */
record SdkPeer(String name, Class<?> program) implements Peer {
  static final SdkPeer PELLUCID_BYTES = new SdkPeer("Pellucid, byte streams", BytesRelay.class);
  static final SdkPeer PEKKO = new SdkPeer("Pekko Tcp, stock", PekkoRelay.class);

  @Override
  public PeerId id() {
    return new PeerId(Role.SDK, name);
  }

  @Override
  public boolean java() {
    return true;
  }

  @Override
  public Process start(Lane lane, Site site) throws Exception {
    return site.start(
        site.net().proxy(),
        program.getSimpleName() + ".log",
        Map.of(),
        Site.java("java").toString(),
        "-XX:+UseSerialGC",
        // Stock Pekko's channels have to be made transparent by their descriptors.
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
        "-Dpekko.loglevel=WARNING",
        "-Xms64m",
        "-Xmx1g",
        "-cp",
        System.getProperty("java.class.path"),
        program.getName(),
        Integer.toString(lane.listener()));
  }
}
