package dev.pellucid.javadsl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.filter.Verdict;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;

/** Bandwidth limits in tests, and what they cost. */
final class Limits {
  private static final double SECOND = 1e9;

  private Limits() {}

  /** Routing to where the client wants to go, after something was done to the connection. */
  static Flow<Connection, RoutedConnection, NotUsed> after(Consumer<Connection> action) {
    return Stages.filter(
            connection -> {
              action.accept(connection);
              return Verdict.accept();
            })
        .via(Stages.toOriginalDestination());
  }

  /** The same, with limits that all connections share. */
  static Flow<Connection, RoutedConnection, NotUsed> shared(
      Bandwidth fromClient, Bandwidth fromUpstream) {
    return after(
        connection -> {
          connection.limit(Direction.FROM_CLIENT, fromClient);
          connection.limit(Direction.FROM_UPSTREAM, fromUpstream);
        });
  }

  /**
   * Checks that so many bytes have taken the time they have to. It may have been more on a busy
   * host, but not several times as much.
   */
  static void assertTook(long nanos, long bytes, Bandwidth limit) {
    double earliest = (double) (bytes - limit.burst()) / limit.bytesPerSecond();
    double seconds = nanos / SECOND;
    assertTrue(seconds >= earliest, bytes + " bytes in " + seconds + " s are too fast");
    assertTrue(seconds <= 10 * earliest + 5, bytes + " bytes in " + seconds + " s are too slow");
  }
}
