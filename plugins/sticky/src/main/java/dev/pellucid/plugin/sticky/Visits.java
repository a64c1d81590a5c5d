package dev.pellucid.plugin.sticky;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Visits of a few clients, one each. Immutable, but for when they were. */
final class Visits {
  /** Of no client. */
  static final Visits NONE = new Visits(List.of());

  /** Beside the visits, so that looking for a client does not take looking at each of them. */
  private final long[] clients;

  private final Visit[] visits;

  private Visits(List<Visit> visits) {
    this.clients = visits.stream().mapToLong(Visit::client).toArray();
    this.visits = visits.toArray(Visit[]::new);
  }

  @Nullable Visit find(long client) {
    for (int i = 0; i < clients.length; i++) {
      if (clients[i] == client) {
        return visits[i];
      }
    }
    return null;
  }

  /**
   * These and a new one: without an earlier one of the same client, what is expired, and the oldest
   * of too many.
   */
  Visits with(Visit visit, long now, long expire, int most) {
    List<Visit> kept = new ArrayList<>(visits.length + 1);
    for (Visit other : visits) {
      if (other.client() != visit.client() && other.age(now) < expire) {
        kept.add(other);
      }
    }
    if (kept.size() == most) {
      kept.remove(Collections.max(kept, Comparator.comparingLong(other -> other.age(now))));
    }
    kept.add(visit);
    return new Visits(kept);
  }

  int size() {
    return visits.length;
  }
}
