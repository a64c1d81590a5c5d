package dev.pellucid.sample.benchmark;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The load balancer's distribution: one event loop, a CIDR filter, round robin over a pool, a text
 * access log to a file, and time limits.
 */
record PellucidPeer(Role role) implements Peer {
  private static final String CONFIGURATION =
      """
      pellucid {
        event-loops = 1
        listeners.web {
          transport = tcp
          address = "%1$s"
          max-connections = 20000
          intercept { %2$s }
          filters = [ { type = cidr, allow = ["10.1.0.0/24"] } ]
          upstream {
            route = pool
            pool = [ { address = "%3$s" } ]
            balancer { type = round-robin }
            source = client-ip
            connect-timeout = 5s
          }
          timeouts { idle = 10m, half-closed = 30s }
          access-log { type = text }
        }
        listeners.dns {
          transport = udp
          address = "%1$s"
          max-connections = 20000
          intercept { %2$s }
          filters = [ { type = cidr, allow = ["10.1.0.0/24"] } ]
          upstream {
            route = pool
            pool = [ { address = "%3$s" } ]
            balancer { type = round-robin }
            source = client-ip
            responses = 1
          }
          timeouts { idle = 10s }
          access-log { type = text }
        }
      }
      """;

  private static final String LOGBACK =
      """
      <configuration>
        <appender name="stderr" class="ch.qos.logback.core.ConsoleAppender">
          <target>System.err</target>
          <encoder><pattern>%%d{HH:mm:ss.SSS} %%-5level %%logger{24} - %%msg%%n</pattern></encoder>
        </appender>
        <appender name="access" class="ch.qos.logback.core.FileAppender">
          <file>%s</file>
          <append>false</append>
          <immediateFlush>false</immediateFlush>
          <encoder><pattern>%%msg%%n</pattern></encoder>
        </appender>
        <logger name="access" level="info" additivity="false"><appender-ref ref="access"/></logger>
        <logger name="org.apache.pekko" level="warn"/>
        <root level="info"><appender-ref ref="stderr"/></root>
      </configuration>
      """;

  @Override
  public PeerId id() {
    return new PeerId(role, PeerId.SUBJECT);
  }

  @Override
  public boolean java() {
    return true;
  }

  @Override
  public boolean relaysUdp() {
    return true;
  }

  @Override
  public Process start(Lane lane, Site site) throws Exception {
    String name = "pellucid-" + role.name().toLowerCase(Locale.ROOT);
    Path logback =
        site.write(name + ".xml", LOGBACK, site.folder().resolve(name + "-access.log").toString());
    Path file =
        site.write(
            name + ".conf",
            CONFIGURATION,
            listener(lane, site),
            intercept(lane),
            Site.text(site.net().server(0).at(lane.origin())));
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            // The launcher's own comes before it, and the last one counts.
            "PELLUCID_JAVA_OPTS",
            "-Dlogback.configurationFile=" + logback);
    String launcher = site.distribution().resolve("bin/pellucid").toString();
    return site.start(
        site.net().proxy(), name + ".log", environment, launcher, "run", file.toString());
  }

  private String listener(Lane lane, Site site) {
    return role.intercepts()
        ? "0.0.0.0:" + lane.listener()
        : Site.text(site.net().proxy().at(lane.listener()));
  }

  private String intercept(Lane lane) {
    return role.intercepts() ? "mode = tproxy, ports = [" + lane.origin() + "]" : "mode = none";
  }
}
