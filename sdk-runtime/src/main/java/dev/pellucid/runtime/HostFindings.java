package dev.pellucid.runtime;

import dev.pellucid.runtime.host.examination.FindingType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The gauge {@code pellucid.host.findings}: how many findings of a type there are now, for all
 * proxies of this process together. Each type has a row from the start, so that alerts can be
 * written before anything is found. What cannot be looked at is not counted.
 */
final class HostFindings {
  private static final Set<HostWatch> WATCHES = ConcurrentHashMap.newKeySet();

  static {
    Arrays.stream(FindingType.values())
        .filter(type -> type != FindingType.CANNOT_LOOK)
        .forEach(HostFindings::register);
  }

  private HostFindings() {}

  static void add(HostWatch watch) {
    WATCHES.add(watch);
  }

  static void remove(HostWatch watch) {
    WATCHES.remove(watch);
  }

  private static void register(FindingType type) {
    Gauge.builder("pellucid.host.findings", type, HostFindings::count)
        .description("What keeps traffic from flowing on this host, or would")
        .tag("type", type.id())
        .tag("severity", type.severity().name().toLowerCase(Locale.ROOT))
        .register(Metrics.globalRegistry);
  }

  private static long count(FindingType type) {
    return WATCHES.stream()
        .flatMap(watch -> watch.findings().stream())
        .filter(finding -> finding.type() == type)
        .count();
  }
}
