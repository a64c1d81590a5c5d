package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
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

  @Test
  void aVpnClientThatIsStartedLaterIsNoticed(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    HostWatch watch = lab.server().hostWatch();
    watch.lookNow().get(20, TimeUnit.SECONDS);
    assertEquals(List.of(), watch.findings());

    lab.onProxy("sysctl -qw net.ipv4.conf.client0.src_valid_mark=1");
    watch.lookNow().get(20, TimeUnit.SECONDS);
    watch.lookNow().get(20, TimeUnit.SECONDS);
    assertEquals(1, gauge(FindingType.SRC_VALID_MARK));
    assertEquals(1, lines.size(), lines::toString);
    String told = lines.remove();
    assertTrue(told.startsWith("WARN src-valid-mark (net.ipv4.conf.client0"), told);
    assertTrue(told.endsWith("; cure: " + watch.findings().get(0).cure()), told);

    lab.onProxy(watch.findings().get(0).cure());
    watch.lookNow().get(20, TimeUnit.SECONDS);
    assertEquals(0, gauge(FindingType.SRC_VALID_MARK));
    assertEquals(
        List.of("INFO cured: src-valid-mark (net.ipv4.conf.client0.src_valid_mark)"),
        List.copyOf(lines));
  }

  @Test
  void aStoppedProxyLooksNoMore(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.NFT);
    lab.onProxy("sysctl -qw net.ipv4.conf.client0.src_valid_mark=1");
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

  @Test
  void itTakesAHundredthOfAProcessor() {
    Duration minute = Duration.ofMinutes(1);
    assertEquals(minute, HostWatch.pause(minute, Duration.ofMillis(80)));
    assertEquals(Duration.ofMinutes(5), HostWatch.pause(minute, Duration.ofSeconds(3)));
  }

  private double gauge(FindingType type) {
    return metrics.get("pellucid.host.findings").tag("type", type.id()).gauge().value();
  }
}
