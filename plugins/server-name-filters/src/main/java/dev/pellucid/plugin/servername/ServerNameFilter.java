package dev.pellucid.plugin.servername;

import dev.pellucid.api.Attribute;
import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.plugin.servername.Reading.Asked;
import dev.pellucid.plugin.servername.Reading.More;
import dev.pellucid.plugin.servername.Reading.Unreadable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first bytes of a connection until they tell whom the client asks for, and does what
 * the rules say. The bytes stay where they are.
 */
final class ServerNameFilter implements ConnectionFilter {
  private static final Logger log = LoggerFactory.getLogger(ServerNameFilter.class);
  private static final Attribute<String> ALPN = Attribute.text("alpn");

  /** The characters of that attribute. There is room for any first protocol. */
  private static final int MOST_ALPN = 256;

  private final Protocol protocol;
  private final Attribute<String> nameAttribute;
  private final Rules rules;
  private final Duration limit;

  /**
   * A filter.
   *
   * @param nameAttribute is set to the name
   * @param limit how long to wait for it
   */
  ServerNameFilter(
      Protocol protocol, Attribute<String> nameAttribute, Rules rules, Duration limit) {
    this.protocol = protocol;
    this.nameAttribute = nameAttribute;
    this.rules = rules;
    this.limit = limit;
  }

  @Override
  public Verdict decide(Connection connection) {
    Look look = new Look(connection);
    look.await(1, 0);
    return Verdict.later(look.verdict);
  }

  private void tag(Connection connection, Asked asked) {
    asked.name().ifPresent(name -> connection.set(nameAttribute, name));
    if (!asked.protocols().isEmpty()) {
      connection.set(ALPN, list(asked.protocols()));
    }
  }

  /** As many as fit: a client may offer thousands, and each access log would keep them all. */
  private static String list(List<String> protocols) {
    StringBuilder list = new StringBuilder(protocols.get(0));
    for (String protocol : protocols.subList(1, protocols.size())) {
      if (list.length() + 1 + protocol.length() > MOST_ALPN) {
        break;
      }
      list.append(',').append(protocol);
    }
    return list.toString();
  }

  private final class Look {
    final CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    private final Connection connection;
    private final long deadline = System.nanoTime() + limit.toNanos();

    Look(Connection connection) {
      this.connection = connection;
    }

    void await(int least, int before) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      connection
          .peek(least, Protocol.MOST, left)
          .thenAccept(
              seen ->
                  consider(
                      seen.size() < least ? Unreadable.INCOMPLETE : read(seen, before),
                      seen.size()))
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  verdict.completeExceptionally(failure);
                }
              });
    }

    private Reading read(ByteString seen, int before) {
      return protocol.read(seen.toArrayUnsafe(), before);
    }

    private void consider(Reading reading, int seen) {
      if (reading instanceof More more) {
        await(more.bytes(), seen);
        return;
      }
      log.debug("{}: {}", connection, reading);
      if (reading instanceof Asked asked) {
        tag(connection, asked);
      }
      verdict.complete(rules.decide(reading).apply(connection));
    }
  }
}
