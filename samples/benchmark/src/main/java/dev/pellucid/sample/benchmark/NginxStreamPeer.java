package dev.pellucid.sample.benchmark;

import java.nio.file.Path;
import java.util.Map;

/** nginx's stream module with one worker, and no log. */
record NginxStreamPeer() implements Peer {
  private static final String CONFIGURATION =
      """
      user root;
      worker_processes 1;
      daemon off;
      pid %1$s/stream.pid;
      error_log %1$s/stream.err;
      load_module /usr/lib/nginx/modules/ngx_stream_module.so;
      events { worker_connections 19900; multi_accept on; }
      stream {
        server {
          listen %2$s backlog=16384;
          proxy_bind $remote_addr transparent;
          proxy_pass %3$s;
          proxy_timeout 10m;
        }
        server {
          listen %2$s udp;
          proxy_responses 1;
          proxy_bind $remote_addr transparent;
          proxy_pass %3$s;
          proxy_timeout 10s;
        }
      }
      """;

  @Override
  public PeerId id() {
    return new PeerId(Role.REVERSE, "nginx stream");
  }

  @Override
  public boolean relaysUdp() {
    return true;
  }

  @Override
  public Process start(Lane lane, Site site) throws Exception {
    Path file =
        site.write(
            "stream.conf",
            CONFIGURATION,
            site.folder(),
            Site.text(site.net().proxy().at(lane.listener())),
            Site.text(site.net().server(0).at(lane.origin())));
    return site.start(site.net().proxy(), "stream.log", Map.of(), "nginx", "-c", file.toString());
  }

  @Override
  public ProcessHandle worker(Process started) {
    return started.toHandle().children().findFirst().orElseThrow();
  }
}
