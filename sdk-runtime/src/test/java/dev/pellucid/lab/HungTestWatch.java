package dev.pellucid.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells on standard error how to look into a test that takes long, while it can still be looked
 * into.
 */
final class HungTestWatch implements AutoCloseable {
  private final CountDownLatch ended = new CountDownLatch(1);

  private HungTestWatch() {}

  static HungTestWatch start(String test, LabNetwork network, Duration patience) {
    HungTestWatch watch = new HungTestWatch();
    Namespace.daemon(() -> watch.await(test, network, patience), "lab-watch").start();
    return watch;
  }

  private void await(String test, LabNetwork network, Duration patience) {
    try {
      if (!ended.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        System.err.printf(
            "%s is still running after %s. To look into its hosts:%n%s",
            test, patience, network.enterCommands());
      }
    } catch (InterruptedException | IOException e) {
      System.err.println(test + " is still running, and cannot be looked into: " + e);
    }
  }

  @Override
  public void close() {
    ended.countDown();
  }
}
