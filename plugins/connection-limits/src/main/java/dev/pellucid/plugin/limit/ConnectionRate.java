package dev.pellucid.plugin.limit;

import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ClientNetworks;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.Settings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Accepts as many new connections of a client as its rate allows: after a pause {@code burst} at
 * once, from then on one each {@code period / rate}. Those it rejects do not count, so a client
 * that keeps trying gets what it may. All loops of a listener share the counts, listeners do not.
 *
 * <p>This is the generic cell rate algorithm, with one number for each client: the time at which it
 * would have used up what it took, had it taken it evenly. {@link RecentClients} says how many
 * clients are remembered and for how long.
 */
final class ConnectionRate implements ConnectionFilter {
  private static final String RATE = "rate";
  private static final String PERIOD = "period";
  private static final String BURST = "burst";
  private static final int MOST = 1_000_000;

  // With these, no time overflows, and an interval is at least a nanosecond.
  private static final Duration SHORTEST_PERIOD = Duration.ofMillis(1);
  private static final Duration LONGEST_PERIOD = Duration.ofHours(1);

  private final ClientNetworks networks;
  private final LongSupplier clock;
  private final long start;
  private final long intervalNanos;
  private final long toleranceNanos;
  private final RecentClients clients;

  private ConnectionRate(
      ClientNetworks networks, LongSupplier clock, long intervalNanos, int burst, int size) {
    this.networks = networks;
    this.clock = clock;
    this.start = clock.getAsLong();
    this.intervalNanos = intervalNanos;
    this.toleranceNanos = (burst - 1) * intervalNanos;
    this.clients = new RecentClients(size);
  }

  /**
   * A filter with these settings.
   *
   * @param clock tells nanoseconds
   */
  static ConnectionRate read(Settings settings, LongSupplier clock) {
    int rate = settings.whole(RATE, 1, MOST, 0);
    if (rate == 0) {
      throw settings.bad(
          RATE, "is missing: how many connections a client may begin in each period");
    }
    return new ConnectionRate(
        ClientNetworks.read(settings),
        clock,
        period(settings).toNanos() / rate,
        settings.whole(BURST, 1, MOST, rate),
        settings.whole("size", RecentClients.WAYS, 10_000_000, 100_000));
  }

  private static Duration period(Settings settings) {
    Duration period = settings.duration(PERIOD, Duration.ofSeconds(1));
    if (period.compareTo(SHORTEST_PERIOD) < 0 || period.compareTo(LONGEST_PERIOD) > 0) {
      throw settings.bad(PERIOD, "must be from 1ms to 1h");
    }
    return period;
  }

  @Override
  public Verdict decide(Connection connection) {
    long now = clock.getAsLong() - start;
    AtomicLong usedUp = clients.get(networks.of(connection), now);
    return take(usedUp, now) ? Verdict.accept() : Verdict.reject();
  }

  private boolean take(AtomicLong usedUp, long now) {
    while (true) {
      long time = usedUp.get();
      if (time - now > toleranceNanos) {
        return false;
      }
      if (usedUp.compareAndSet(time, Math.max(time, now) + intervalNanos)) {
        return true;
      }
    }
  }
}
