package dev.pellucid.runtime.loop;

/** The thread of an event loop. */
final class LoopThread extends Thread {
  final EventLoop loop;

  LoopThread(EventLoop loop, String name, Runnable body) {
    super(body, name);
    this.loop = loop;
    setDaemon(true);
  }
}
