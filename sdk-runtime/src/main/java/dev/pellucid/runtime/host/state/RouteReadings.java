package dev.pellucid.runtime.host.state;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.Json;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The routes of a listing. There may be a million that a routing protocol has brought, and a proxy
 * that looks at its host must not be the one that runs out of memory.
 */
final class RouteReadings implements Consumer<Json> {
  // What the kernel, people and address configuration add has these numbers, or none.
  private static final Set<String> PLAIN = Set.of("0", "1", "2", "3", "4", "9", "16");

  private static final int MAX = 20_000;
  private static final int MAX_LEARNED = 5_000;

  private final Readings<Route> kept;
  private int leftOut;

  RouteReadings(IpFamily family) {
    this.kept = new Readings<>(json -> Route.of(family, json));
  }

  @Override
  public void accept(Json json) {
    boolean learned = json.string("protocol").filter(number -> !PLAIN.contains(number)).isPresent();
    if (kept.size() < (learned ? MAX_LEARNED : MAX)) {
      kept.accept(json);
    } else {
      leftOut++;
    }
  }

  List<Route> list() throws IOException {
    return kept.list();
  }

  int leftOut() {
    return leftOut;
  }
}
