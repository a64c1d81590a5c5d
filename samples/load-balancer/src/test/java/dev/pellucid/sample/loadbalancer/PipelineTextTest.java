package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.runtime.config.ProxyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTextTest {
  @TempDir Path folder;

  @Test
  void toAPool() throws IOException {
    assertEquals(
        """
        web: tcp 0.0.0.0:50080, at most 10000 connections; intercept tproxy, ports 80, 8000-8099, \
        interfaces lo, from 10.1.0.0/24
          -> filter cidr {"allow":["10.1.0.0/24"]}
          -> balancer round-robin {} over 10.2.0.2:80, 10.2.0.3:80 weight 2
          -> relay from client-ip; timeouts connect 5s, idle 5m, half-closed 1m30s
          -> access-log text {"logger":"web"}""",
        text(
            """
            address = "0.0.0.0:50080"
            intercept { ports = [80, "8000-8099"], interfaces = [lo], sources = ["10.1.0.0/24"] }
            filters = [{ type = cidr, allow = ["10.1.0.0/24"] }]
            upstream.pool = [{ address = "10.2.0.2:80" }, { address = "10.2.0.3:80", weight = 2 }]
            timeouts.half-closed = 90s
            access-log.logger = web
            """));
  }

  @Test
  void toTheOriginalDestination() throws IOException {
    assertEquals(
        """
        web: tcp [0:0:0:0:0:0:0:0]:50080, at most 5 connections; intercept none, proxy-protocol v1
          -> to the original destination
          -> relay from fd00:0:0:0:0:0:0:9, proxy-protocol v2; timeouts connect 5s, idle 5m, half-closed 30s
          -> access-log text {}""",
        text(
            """
            address = "[::]:50080", max-connections = 5, proxy-protocol = v1
            intercept.mode = none
            upstream { route = original-destination, source = "fd00::9", proxy-protocol = v2 }
            """));
  }

  @Test
  void toNamedAndDiscoveredPools() throws IOException {
    assertEquals(
        """
        web: tcp 0.0.0.0:50080, at most 10000 connections; intercept tproxy, ports 80
          -> balancer round-robin {} over discovery dns {"name":"web.example.org","port":80}
             pool api: balancer maglev {} over 10.2.0.2:80
             pool files: balancer round-robin {} over discovery file {"path":"files.txt"}
          -> relay from client-ip; timeouts connect 5s, idle 5m, half-closed 30s
          -> access-log text {}""",
        text(
            """
            address = "0.0.0.0:50080", intercept.ports = [80]
            upstream {
              discovery { type = dns, name = "web.example.org", port = 80 }
              pools {
                api { pool = [{ address = "10.2.0.2:80" }], balancer { type = maglev } }
                files { discovery { type = file, path = "files.txt" } }
              }
            }
            """));
  }

  private String text(String listener) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("web.conf"), "pellucid.listeners.web {\n" + listener + "}\n");
    return PipelineText.of(ProxyConfig.load(file).listeners().get(0));
  }

  @Test
  void ofUdp() throws IOException {
    assertEquals(
        """
        web: udp 0.0.0.0:50053, at most 10000 connections; intercept tproxy, ports 53
          -> balancer round-robin {} over 10.2.0.2:53
          -> relay from client-ip; timeout idle 30s, responses 1
          -> access-log text {}""",
        text(
            """
            transport = udp, address = "0.0.0.0:50053", intercept.ports = [53]
            upstream { pool = [ { address = "10.2.0.2:53" } ], responses = 1 }
            """));
  }
}
