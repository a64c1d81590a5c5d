package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.doctor.Finding;
import dev.pellucid.runtime.host.doctor.FindingType;
import dev.pellucid.runtime.host.doctor.HostRequirements;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Lab
@Timeout(60)
class HostWatchTest {
  @TempDir Path folder;

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Logger logger = (Logger) LoggerFactory.getLogger(HostWatch.class);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };

  @BeforeEach
  void observe() {
    appender.start();
    logger.addAppender(appender);
    Metrics.addRegistry(metrics);
  }

  @AfterEach
  void leave() {
    Metrics.removeRegistry(metrics);
    logger.detachAppender(appender);
  }

  /** An interface is renamed, as by a rule of udev that comes late, and gets its name back. */
  @Test
  void whatBreaksLaterIsToldAndCountedUntilItIsCured(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    HostWatch watch = lab.server().hostWatch();
    watch.lookNow().get(20, TimeUnit.SECONDS);
    assertEquals(List.of(), watch.findings());

    rename(lab, "client0", "lan0");
    watch.lookNow().get(20, TimeUnit.SECONDS);
    watch.lookNow().get(20, TimeUnit.SECONDS);
    assertEquals(4, gauge(FindingType.INTERFACE_MISSING), "one for each listener");
    List<String> broken = missing();
    assertEquals(4, broken.size(), "each is told once");
    assertTrue(
        broken.stream().allMatch(line -> line.startsWith("WARN interface-missing (")),
        broken::toString);

    rename(lab, "lan0", "client0");
    watch.lookNow().get(20, TimeUnit.SECONDS);
    assertEquals(0, gauge(FindingType.INTERFACE_MISSING));
    List<String> cured = missing();
    assertEquals(4, cured.size());
    assertTrue(
        cured.stream().allMatch(line -> line.startsWith("INFO cured: interface-missing (")),
        cured::toString);
  }

  @Test
  void aStoppedProxyLooksNoMore(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    rename(lab, "client0", "lan0");
    lab.server().hostWatch().lookNow().get(20, TimeUnit.SECONDS);
    lab.server().stop().toCompletableFuture().get(20, TimeUnit.SECONDS);
    Arrays.stream(FindingType.values())
        .filter(type -> type != FindingType.CANNOT_LOOK)
        .forEach(type -> assertEquals(0, gauge(type), type.id()));
  }

  @Test
  void whatItMayNotSeeIsToldOnceAndNotCounted() {
    Finding unseen =
        new Finding(FindingType.CANNOT_LOOK, "Rules", "not permitted", "why", "# run it as root");
    HostWatch watch = HostWatch.of(HostRequirements.NONE);
    HostFindings.add(watch);
    try {
      watch.update(List.of(unseen));
      watch.update(List.of(unseen));
      assertEquals(
          List.of("INFO cannot-look (Rules): not permitted; cure: # run it as root"),
          List.copyOf(lines));
      assertTrue(
          metrics.find("pellucid.host.findings").gauges().stream()
              .allMatch(gauge -> gauge.value() == 0));
    } finally {
      watch.close();
    }
  }

  private static void rename(DoctorLab lab, String from, String to) throws Exception {
    // It cannot be renamed while it is up, and loses its routes when it goes down.
    lab.onProxy(
        "ip link set %s down; ip link set %s name %s; ip link set %s up"
            .formatted(from, from, to, to));
  }

  /** What has been told of missing interfaces; forgets all that has been told. */
  private List<String> missing() {
    List<String> told = new ArrayList<>();
    lines.drainTo(told);
    return told.stream().filter(line -> line.contains("interface-missing")).toList();
  }

  private double gauge(FindingType type) {
    return metrics.get("pellucid.host.findings").tag("type", type.id()).gauge().value();
  }
}
