package dev.pellucid.plugin.bandwidth;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import java.util.EnumMap;
import java.util.Map;

/** The limits that some connections share, or that one has of its own. */
final class Share {
  private final Map<Direction, Bandwidth> limits = new EnumMap<>(Direction.class);

  Share(Map<Direction, Rate> rates) {
    rates.forEach((direction, rate) -> limits.put(direction, rate.newLimit()));
  }

  /** Gives a connection its part. */
  void limit(Connection connection) {
    limits.forEach(connection::limit);
  }
}
