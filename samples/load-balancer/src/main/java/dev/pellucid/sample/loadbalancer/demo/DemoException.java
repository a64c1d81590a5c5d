package dev.pellucid.sample.loadbalancer.demo;

/** The demo cannot go on. The message is for the user and says what to do. */
final class DemoException extends Exception {
  private static final long serialVersionUID = 1;

  DemoException(String message) {
    super(message);
  }
}
