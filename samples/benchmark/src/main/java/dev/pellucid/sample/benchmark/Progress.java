package dev.pellucid.sample.benchmark;

/** Tells on standard error what is going on. */
final class Progress {
  private Progress() {}

  static void say(String what) {
    System.err.println("benchmark: " + what);
  }
}
