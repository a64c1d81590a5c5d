package dev.pellucid.sample.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** HAProxy with one thread, splicing, and no log. */
record HaproxyPeer(Role role) implements Peer {
  private static final int MOST_CONNECTIONS = 9_500;
  private static final int RESERVE = 200;

  private static final String CONFIGURATION =
      """
      global
        nbthread 1
        maxconn %d
        maxpipes %d
      defaults
        mode tcp
        backlog 16384
        timeout connect 5s
        timeout client 10m
        timeout server 10m
        option splice-request
        option splice-response
      listen web
        bind %s
        source 0.0.0.0 usesrc clientip
        server origin %s
      """;

  @Override
  public PeerId id() {
    return new PeerId(role, "HAProxy");
  }

  @Override
  public Process start(Lane lane, Site site) throws Exception {
    String name = "haproxy-" + role.name().toLowerCase(Locale.ROOT);
    Path file =
        site.write(
            name + ".cfg",
            CONFIGURATION,
            MOST_CONNECTIONS,
            pipes(),
            listener(lane, site),
            server(lane, site));
    return site.start(
        site.net().proxy(), name + ".log", Map.of(), "haproxy", "-db", "-f", file.toString());
  }

  /** It starts only if the files of all connections and pipes are allowed: two of each. */
  private static int pipes() throws IOException {
    int left = FileLimit.read() - 2 * MOST_CONNECTIONS - RESERVE;
    return Math.max(1, Math.min(MOST_CONNECTIONS, left / 2));
  }

  private String listener(Lane lane, Site site) {
    return role.intercepts()
        ? "0.0.0.0:" + lane.listener() + " transparent"
        : Site.text(site.net().proxy().at(lane.listener()));
  }

  private String server(Lane lane, Site site) {
    // 0.0.0.0 stands for where the client wanted to go.
    return role.intercepts() ? "0.0.0.0:0" : Site.text(site.net().server(0).at(lane.origin()));
  }
}
