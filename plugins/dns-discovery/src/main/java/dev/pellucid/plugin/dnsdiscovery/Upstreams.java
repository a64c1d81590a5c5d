package dev.pellucid.plugin.dnsdiscovery;

import static java.util.Comparator.comparing;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Upstream;
import java.util.List;
import java.util.stream.Stream;

/** Answers come in any order, and this is one. */
final class Upstreams {
  private Upstreams() {}

  static List<Upstream> sorted(Stream<Upstream> upstreams) {
    return upstreams
        .distinct()
        .sorted(
            comparing((Upstream upstream) -> Addresses.text(upstream.address()))
                .thenComparing(Upstream::weight))
        .toList();
  }
}
