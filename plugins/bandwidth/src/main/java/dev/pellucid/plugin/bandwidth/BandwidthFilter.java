package dev.pellucid.plugin.bandwidth;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import dev.pellucid.api.filter.ClientNetworks;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Accepts every connection, and limits how fast its bytes move. */
final class BandwidthFilter implements ConnectionFilter {

  /** Whose bytes a limit counts together. */
  enum Per {
    /** Each connection has limits of its own. */
    CONNECTION,

    /** The connections of one client share theirs. */
    CLIENT,

    /** All connections share theirs. */
    LISTENER;

    /**
     * Reads what the configuration calls it.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static Per parse(String text) {
      for (Per per : values()) {
        if (per.name().toLowerCase(Locale.ROOT).equals(text)) {
          return per;
        }
      }
      throw new IllegalArgumentException(
          "must be connection, client or listener, not '" + text + "'");
    }
  }

  private final Function<Connection, Share> shares;

  /**
   * A filter.
   *
   * @param networks what one client is
   */
  BandwidthFilter(Per per, ClientNetworks networks, Map<Direction, Rate> rates) {
    this.shares = shares(per, networks, rates);
  }

  private static Function<Connection, Share> shares(
      Per per, ClientNetworks networks, Map<Direction, Rate> rates) {
    return switch (per) {
      case CONNECTION -> connection -> new Share(rates);
      case CLIENT -> new Clients(networks, rates)::join;
      case LISTENER -> {
        Share all = new Share(rates);
        yield connection -> all;
      }
    };
  }

  @Override
  public Verdict decide(Connection connection) {
    shares.apply(connection).limit(connection);
    return Verdict.accept();
  }
}
