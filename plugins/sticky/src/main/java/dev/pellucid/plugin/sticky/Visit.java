package dev.pellucid.plugin.sticky;

import java.net.InetSocketAddress;

/** Which upstream a client went to, and when it did last. */
final class Visit {
  private final long client;
  private final InetSocketAddress upstream;
  private volatile long seen;

  Visit(long client, InetSocketAddress upstream, long now) {
    this.client = client;
    this.upstream = upstream;
    this.seen = now;
  }

  long client() {
    return client;
  }

  InetSocketAddress upstream() {
    return upstream;
  }

  void seen(long now) {
    seen = now;
  }

  /** In nanoseconds. */
  long age(long now) {
    return now - seen;
  }
}
