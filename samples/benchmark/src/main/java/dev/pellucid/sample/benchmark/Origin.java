package dev.pellucid.sample.benchmark;

import static java.util.stream.Collectors.joining;

import dev.pellucid.lab.LabHost;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The web server behind all peers: nginx with one worker, a short answer, and a large file. */
final class Origin {
  /** How the short answer ends. */
  static final String ANSWER_END = "\r\n\r\nok\n";

  /** The path of the large file. */
  static final String LARGE_FILE = "/f/1g";

  private static final long GIB = 1L << 30;

  private static final String CONFIGURATION =
      """
      user root;
      worker_processes 1;
      daemon off;
      pid %1$s/origin.pid;
      error_log %1$s/origin.err;
      events { worker_connections 19900; multi_accept on; }
      http {
        access_log off;
        sendfile on;
        keepalive_requests 1000000000;
        keepalive_timeout 1h;
        client_header_timeout 1h;
        server {
          %2$s
          location / { return 200 "ok\\n"; }
          location /f/ { alias %1$s/f/; }
        }
      }
      """;

  private Origin() {}

  static void start(Site site, List<Lane> lanes) throws Exception {
    makeLargeFile(site.folder());
    String listen =
        lanes.stream()
            .map(lane -> "listen " + lane.origin() + " backlog=16384;")
            .collect(joining(" "));
    Path file = site.write("origin.conf", CONFIGURATION, site.folder(), listen);
    LabHost server = site.net().server(0);
    site.start(server, "origin.log", Map.of(), "nginx", "-c", file.toString());
    for (Lane lane : lanes) {
      server.awaitListening(lane.origin());
    }
  }

  // A hole as large as that: it is read as zeros, and takes no room on the disk.
  private static void makeLargeFile(Path folder) throws IOException {
    Path files = Files.createDirectory(folder.resolve("f"));
    try (RandomAccessFile file = new RandomAccessFile(files.resolve("1g").toFile(), "rw")) {
      file.setLength(GIB);
    }
  }
}
