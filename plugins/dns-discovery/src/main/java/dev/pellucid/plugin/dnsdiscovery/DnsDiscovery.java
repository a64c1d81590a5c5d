package dev.pellucid.plugin.dnsdiscovery;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.discovery.Discovery;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Asks the DNS at intervals. The stream fails when an answer does not come or there are no
 * upstreams in it: the runtime keeps the last ones, logs why, and runs the stream again.
 */
final class DnsDiscovery implements Discovery {
  private final Question question;
  private final Optional<InetSocketAddress> server;
  private final Duration interval;

  DnsDiscovery(Question question, Optional<InetSocketAddress> server, Duration interval) {
    this.question = question;
    this.server = server;
    this.interval = interval;
  }

  @Override
  public Source<List<Upstream>, NotUsed> upstreams() {
    return Source.tick(Duration.ZERO, interval, question)
        .map(this::ask)
        .mapMaterializedValue(ticks -> NotUsed.getInstance());
  }

  /** With a resolver of its own: the host's servers may have changed since the last time. */
  private List<Upstream> ask(Question asked) {
    try (Resolver resolver = Resolver.open(server)) {
      return asked.ask(resolver);
    }
  }
}
