package dev.pellucid.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.example.plugin.SlowFilter;
import dev.pellucid.runtime.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(20)
class LoopWatchdogTest {
  private static final Duration THRESHOLD = Duration.ofMillis(20);

  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(LoopWatchdog.class);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          warnings.add(event.getFormattedMessage());
        }
      };
  private EventLoop loop;
  private LoopWatchdog watchdog;

  @BeforeEach
  void start() throws Exception {
    appender.start();
    logger.addAppender(appender);
    loop = EventLoop.start("watched");
    watchdog = LoopWatchdog.start(List.of(loop), THRESHOLD);
  }

  @AfterEach
  void stop() {
    watchdog.close();
    loop.close();
    logger.detachAppender(appender);
  }

  @Test
  void namesThePluginAndTheMethodThatHoldsALoop() throws Exception {
    CountDownLatch reported = new CountDownLatch(1);
    loop.execute(() -> new SlowFilter().decide(reported));
    String warning = warnings.poll(10, TimeUnit.SECONDS);
    reported.countDown();
    assertTrue(warning.startsWith("watched has been held for "), warning);
    assertTrue(warning.contains("com.example.plugin.SlowFilter.decide(SlowFilter.java:"), warning);
  }

  @Test
  void tellsOfOneTurnOnlyOnce() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    loop.execute(() -> new SlowFilter().decide(first));
    warnings.take();
    first.countDown();
    Await.until("the turn does not end", () -> loop.busySince() == 0);
    loop.execute(() -> new SlowFilter().decide(second));
    warnings.take();
    second.countDown();
    assertEquals(0, warnings.size());
  }
}
