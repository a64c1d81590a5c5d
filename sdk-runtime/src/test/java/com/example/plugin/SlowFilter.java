package com.example.plugin;

import java.util.concurrent.CountDownLatch;

/** Somebody's plugin, which does what it must not. */
public final class SlowFilter {
  /** Blocks until the latch is open. */
  public void decide(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
